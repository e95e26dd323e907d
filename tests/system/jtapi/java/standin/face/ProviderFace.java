package standin.face;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.ProviderObserver;
import javax.telephony.Terminal;
import javax.telephony.events.ProvEv;

import standin.core.Change;
import standin.core.Device;
import standin.core.Line;
import standin.core.Refusal;
import standin.core.Talk;
import standin.core.Why;

/** Provider, CiscoProvider. */
public final class ProviderFace extends Face {
    ProviderFace(Link link) {
        super(link, "Provider", link);
    }

    public int getState() {
        return link.state();
    }

    public String getName() {
        return link.name;
    }

    public Object getTerminals() {
        return cluster.act(() -> {
            List<Object> found = new ArrayList<>();
            for (Device device : cluster.devices.values()) {
                if (link.isInDomain(device)) {
                    found.add(device);
                }
            }
            return link.faces.array(found, Terminal.class);
        });
    }

    public Object getAddresses() {
        return cluster.act(() -> {
            List<Object> found = new ArrayList<>();
            for (List<Line> lines : cluster.lines()) {
                for (Line line : lines) {
                    if (link.isInDomain(line)) {
                        found.add(line);
                    }
                }
            }
            return link.faces.array(found, Address.class);
        });
    }

    public Object getCalls() {
        return cluster.act(() -> {
            List<Object> found = new ArrayList<>();
            for (Talk call : cluster.calls.values()) {
                if (isKnown(call)) {
                    found.add(call);
                }
            }
            return link.faces.array(found, Call.class);
        });
    }

    private boolean isKnown(Talk call) {
        for (Ears ears : link.observers.all()) {
            if (ears.known.contains(call)) {
                return true;
            }
        }
        return false;
    }

    public Object getTerminal(String name) {
        Device device = cluster.devices.get(name);
        if (device == null || !link.isInDomain(device)) {
            throw Refusal.argument("Terminal " + name + " is not in provider's domain.");
        }
        return link.faces.device(device);
    }

    public Object getAddress(String number) {
        return link.faces.place(lines(number).get(0));
    }

    public Object getAddress(String number, String partition) {
        for (Line line : lines(number)) {
            if (line.partition.equals(partition == null ? "" : partition)) {
                return link.faces.place(line);
            }
        }
        throw notOurs(number);
    }

    public Object getAddresses(String number) {
        return link.faces.array(lines(number), Address.class);
    }

    private List<Line> lines(String number) {
        List<Line> found = new ArrayList<>();
        for (Line line : cluster.lines(number)) {
            if (link.isInDomain(line)) {
                found.add(line);
            }
        }
        if (found.isEmpty()) {
            throw notOurs(number);
        }
        return found;
    }

    private static Refusal notOurs(String number) {
        return Refusal.argument("Address " + number + " is not in provider's domain.");
    }

    public Object createCall() {
        link.requireInService();
        return link.faces.call(cluster.newCall());
    }

    public void deleteCall(Object call) {
        Talk unused = behind(call, CallFace.class).call;
        if (unused.state == Talk.ACTIVE) {
            throw Refusal.state(Refusal.CALL, unused.state, "deleteCall: call is active");
        }
        link.faces.forget(unused);
    }

    public Object getCall(int id) {
        return link.faces.call(cluster.act(() -> cluster.calls.get(id)));
    }

    public Object getCall(int manager, int id) {
        return manager == Talk.CALL_MANAGER ? getCall(id) : null;
    }

    // -- super-provider ------------------------------------------------------------------------------------

    public Object createTerminal(String name) {
        return cluster.act(() -> {
            link.requireInService();
            if (!cluster.isSuperProvider) {
                String text = "the user may not observe any terminal";
                throw new Refusal("PrivilegeViolation", 0, 0, 0x8CCC0018, text);
            }
            Device device = cluster.devices.get(name);
            if (device == null) {
                throw Refusal.argument("Terminal " + name + " is unknown.");
            }
            if (!link.isInDomain(device)) {
                link.created.add(device);
                tell(Change.of("CiscoTermCreatedEv", device, Why.PLAIN, "getTerminal", device));
                for (Line line : device.lines) {
                    tell(Change.of("CiscoAddrCreatedEv", line, Why.PLAIN, "getAddress", line));
                }
            }
            return link.faces.device(device);
        });
    }

    public void deleteTerminal(Object terminal) {
        cluster.run(() -> {
            Device device = behind(terminal, TerminalFace.class).device;
            if (link.created.remove(device)) {
                tell(Change.of("CiscoTermRemovedEv", device, Why.PLAIN, "getTerminal", device));
            }
        });
    }

    private void tell(Change change) {
        link.telling.tellAll(link.observers.of(link), ProvEv.class, change);
    }

    public Object getProviderCapabilities() {
        return link.flavour.event("CiscoProvEv") == null
                ? null
                : Value.of(link.flavour, "CiscoProviderCapabilities", "canObserveAnyTerminal",
                        cluster.isSuperProvider);
    }

    // -- observers and the rest ----------------------------------------------------------------------------

    public void addObserver(Object observer) {
        cluster.run(() -> link.observe(link, observer));
    }

    public void removeObserver(Object observer) {
        cluster.run(() -> link.ignore(link, observer, "ProvObservationEndedEv", ProvEv.class));
    }

    public Object getObservers() {
        return cluster.act(() -> observers(link.observers.of(link), ProviderObserver.class));
    }

    static Object observers(List<Ears> those, Class<?> type) {
        Object found = those.isEmpty() ? null : Array.newInstance(type, those.size());
        for (int i = 0; i < those.size(); i++) {
            Array.set(found, i, those.get(i).observer);
        }
        return found;
    }

    public void shutdown() {
        cluster.run(link::shutdown);
    }

    public void registerFeature(int feature) {
        link.requireInService();
    }

    public void unregisterFeature(int feature) {
        link.requireInService();
    }

    public String getVersion() {
        return "15.0(1) stand-in";
    }

    public String getClusterID() {
        return "StandAloneCluster";
    }

    public int getAppDSCPValue() {
        return 0;
    }

    public boolean isFIPSCompliantJTAPI() {
        return false;
    }

    public boolean isFIPSCompliantCUCM() {
        return false;
    }
}
