package standin.control;

import java.util.ArrayList;
import java.util.List;

import standin.core.Cluster;
import standin.core.Device;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Talk;
import standin.face.Link;

/** Keys pressed on phones. Under the cluster's lock. */
final class Phones {
    private static final int EVENTS_PER_CALL = 25;
    private static final Cluster CLUSTER = Cluster.get();

    private Phones() {}

    /** `words` are a number, with one of the phone's lines before it or not. */
    static void dial(Device device, List<String> words) {
        Line line = device.lines.get(0);
        for (Line one : device.lines) {
            line = words.size() > 1 && one.number.equals(words.get(0)) ? one : line;
        }
        String number = words.get(words.size() - 1);
        CLUSTER.dialling.dial(CLUSTER.newCall(), device, line, number, null);
    }

    static void answer(Device device) {
        CLUSTER.control.answer(leg(device, Leg.RINGING));
    }

    static void hangUp(Device device) {
        Leg leg = device.leg(Leg.TALKING);
        if (leg == null) {
            leg = device.leg(Leg.RINGING);
        }
        CLUSTER.control.disconnect(leg == null ? leg(device, Leg.HELD).party : leg.party);
    }

    static void hold(Device device) {
        CLUSTER.control.hold(leg(device, Leg.TALKING));
    }

    static void resume(Device device) {
        Leg own = device.leg(Leg.HELD);
        CLUSTER.control.resume(own == null ? leg(device, Leg.BRIDGED) : own);
    }

    static void transfer(Device device) {
        Leg held = leg(device, Leg.HELD);
        CLUSTER.merging.transfer(held.call(), leg(device, Leg.TALKING).call(), held);
    }

    static void conference(Device device) {
        Leg held = leg(device, Leg.HELD);
        CLUSTER.merging.conference(held.call(), leg(device, Leg.TALKING).call(), held);
    }

    private static Leg leg(Device device, int state) {
        Leg leg = device.leg(state);
        if (leg == null) {
            throw new IllegalStateException(device + " has no call for this");
        }
        return leg;
    }

    /**
     * Calls between two lines that somebody observes, or between all that are, two by two, until about so many
     * events have come of them.
     */
    static String storm(int events, boolean everywhere) {
        List<Line> lines = new ArrayList<>(CLUSTER.act(Link::observedLines, false));
        for (String number : new String[] {"1009", "1010"}) {
            Line line = CLUSTER.lines(number).get(0);
            if (lines.size() < 2 && !lines.contains(line)) {
                lines.add(line);
            }
        }
        int pairs = everywhere ? lines.size() / 2 : 1;
        int calls = Math.max(1, events / EVENTS_PER_CALL);
        for (int i = 0; i < calls; i++) {
            Line from = lines.get(i % pairs * 2);
            Line to = lines.get(i % pairs * 2 + 1);
            CLUSTER.run(() -> {
                Talk call = CLUSTER.newCall();
                CLUSTER.dialling.dial(call, from.devices.get(0), from, to.number, null);
                CLUSTER.control.drop(call);
            });
        }
        return String.valueOf(calls);
    }
}
