package standin.control;

import java.util.ArrayList;
import java.util.List;

import standin.core.Cluster;
import standin.core.Device;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Party;
import standin.core.Talk;

/** The cluster as one line of JSON. States are JTAPI's numbers of call control. */
final class State {
    private State() {}

    static String json() {
        Cluster cluster = Cluster.get();
        List<String> devices = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Device device : cluster.devices.values()) {
            devices.add(of(device));
        }
        for (List<Line> all : cluster.lines()) {
            for (Line line : all) {
                lines.add(object("number", line.number, "partition", line.partition, "forward", line.forward,
                        "mwi", line.messageWaiting));
            }
        }
        List<String> calls = new ArrayList<>();
        for (Talk call : cluster.calls.values()) {
            calls.add(of(call));
        }
        return object("devices", devices, "lines", lines, "calls", calls);
    }

    private static String of(Device device) {
        List<String> numbers = new ArrayList<>();
        for (Line line : device.lines) {
            numbers.add(text(line.number));
        }
        return object("name", device.name, "lines", numbers, "in_service", device.inService, "restricted",
                device.restricted, "controlled", device.controlled, "dnd", device.doNotDisturb,
                "private", device.isPrivate);
    }

    private static String of(Talk call) {
        List<String> parties = new ArrayList<>();
        for (Party party : call.parties) {
            List<String> legs = new ArrayList<>();
            for (Leg leg : party.legs) {
                legs.add(object("device", leg.device.name, "state", leg.state, "digits", leg.digits));
            }
            parties.add(object("number", party.place.number, "partition", party.place.partition, "state",
                    party.state, "legs", legs));
        }
        return object("id", call.id, "parties", parties);
    }

    private static String object(Object... facts) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < facts.length; i += 2) {
            Object value = facts[i + 1];
            json.append(i == 0 ? "" : ", ").append(text((String) facts[i])).append(": ");
            json.append(value instanceof String ? text((String) value) : String.valueOf(value));
        }
        return json.append("}").toString();
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
