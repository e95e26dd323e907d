package standin.face;

import java.util.ArrayList;
import java.util.List;

import javax.telephony.AddressObserver;
import javax.telephony.CallObserver;
import javax.telephony.Connection;
import javax.telephony.Terminal;
import javax.telephony.callcontrol.CallControlForwarding;
import javax.telephony.events.AddrEv;

import standin.core.Device;
import standin.core.Features;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Party;
import standin.core.Place;
import standin.core.Refusal;
import standin.core.Talk;

/** Address, CallControlAddress, CiscoAddress: a line of ours, or any number that was on a call. */
public final class AddressFace extends Face {
    private static final int INTERNAL = 1;
    private static final int EXTERNAL = 2;

    final Place place;

    AddressFace(Link link, Place place) {
        super(link, "Address", place);
        this.place = place;
    }

    static Line line(Object address) {
        return behind(address, AddressFace.class).line();
    }

    private Line line() {
        if (place instanceof Line && link.isInDomain((Line) place)) {
            return (Line) place;
        }
        throw Refusal.argument("Address " + place.number + " is not in provider's domain.");
    }

    /** Whether somebody has been told of a call. */
    static boolean isHeard(Link link, Talk call) {
        for (Ears ears : link.observers.all()) {
            if (ears.known.contains(call)) {
                return true;
            }
        }
        return false;
    }

    public String getName() {
        return place.number;
    }

    public String getPartition() {
        return place.partition;
    }

    public Object getProvider() {
        return link.faces.provider();
    }

    public Object getTerminals() {
        return place instanceof Line ? terminals(true, false) : null;
    }

    public Object getInServiceAddrTerminals() {
        return place instanceof Line && link.isOpen(place) ? terminals(false, false) : null;
    }

    public Object getRestrictedAddrTerminals() {
        return place instanceof Line ? terminals(false, true) : null;
    }

    private Object terminals(boolean all, boolean restricted) {
        return cluster.act(() -> {
            List<Device> found = new ArrayList<>();
            for (Device device : ((Line) place).devices) {
                boolean isMeant = restricted ? device.restricted : device.inService;
                if (link.isInDomain(device) && (all || isMeant)) {
                    found.add(device);
                }
            }
            return link.faces.array(found, Terminal.class);
        });
    }

    public Object getConnections() {
        return cluster.act(() -> {
            List<Party> found = new ArrayList<>();
            for (Party party : place instanceof Line ? ((Line) place).parties() : new ArrayList<Party>()) {
                if (isHeard(link, party.call)) {
                    found.add(party);
                }
            }
            return link.faces.array(found, Connection.class);
        });
    }

    public int getState() {
        return getInServiceAddrTerminals() == null ? 0 : 1;
    }

    public int getRegistrationState() {
        return getState();
    }

    public int getType() {
        return place instanceof Line ? INTERNAL : EXTERNAL;
    }

    public boolean isRestricted(Object terminal) {
        return behind(terminal, TerminalFace.class).device.restricted;
    }

    public int getMaxCalls(Object terminal) {
        return 4;
    }

    public int getBusyTrigger(Object terminal) {
        return 4;
    }

    public int getButtonPosition(Object terminal) {
        return 1 + behind(terminal, TerminalFace.class).device.lines.indexOf(line());
    }

    public String getAsciiLabel(Object terminal) {
        return place.number;
    }

    public String getUnicodeLabel(Object terminal) {
        return place.number;
    }

    public int getAutoAnswerStatus(Object terminal) {
        return 0;
    }

    public Object getAddressCallInfo(Object terminal) {
        Device device = behind(terminal, TerminalFace.class).device;
        return cluster.act(() -> {
            List<Talk> calls = new ArrayList<>();
            int held = 0;
            for (Leg leg : device.legs) {
                if (leg.party.place == place) {
                    calls.add(leg.call());
                    held += leg.state == Leg.HELD ? 1 : 0;
                }
            }
            Class<?> type = link.flavour.faces("CiscoCall")[0];
            return Value.of(link.flavour, "CiscoAddressCallInfo", "getCalls", link.faces.array(calls, type),
                    "getNumActiveCalls", calls.size() - held, "getNumCallsOnHold", held,
                    "getMaxActiveCalls", 4, "getMaxCallsOnHold", 4);
        });
    }

    public Object getPickupGroup() {
        return Value.of(link.flavour, "CiscoPickupGroup", "getPickupGroupDN",
                Features.PICKUP_GROUP, "getPickupGroupPartition", "");
    }

    // -- forwarding and message waiting --------------------------------------------------------------------

    public void setForwarding(CallControlForwarding[] instructions) {
        Line line = line();
        if (instructions == null || instructions.length != 1) {
            throw Refusal.argument("setForwarding: one instruction is possible");
        }
        if (instructions[0].getType() != CallControlForwarding.FORWARD_UNCONDITIONALLY) {
            throw new Refusal("MethodNotSupported", 0, 0, 0x8CCC00C9, "only all calls can be forwarded");
        }
        forward(line, instructions[0].getDestinationAddress());
    }

    public void cancelForwarding() {
        forward(line(), "");
    }

    private void forward(Line line, String number) {
        cluster.act(() -> {
            link.requireInService();
            cluster.features.forward(line, number);
            return null;
        });
    }

    public Object getForwarding() {
        return Faces.forwarding(line().forward);
    }

    public void setMessageWaiting(boolean on) {
        Line line = line();
        cluster.act(() -> {
            link.requireInService();
            cluster.features.messageWaiting(line, on);
            return null;
        });
    }

    /** `destination` is whose lamp it is. */
    public void setMessageWaiting(String destination, boolean on) {
        List<Line> lines = cluster.lines(destination);
        if (lines.isEmpty()) {
            throw new Refusal("InvalidState", Refusal.ADDRESS, 1, 0x8CCC0078, destination + " has no lamp");
        }
        cluster.act(() -> {
            link.requireInService();
            cluster.features.messageWaiting(lines.contains(place) ? (Line) place : lines.get(0), on);
            return null;
        });
    }

    public boolean getMessageWaiting() {
        return line().messageWaiting;
    }

    // -- observers -----------------------------------------------------------------------------------------

    public void addObserver(Object observer) {
        Line line = line();
        cluster.run(() -> link.observe(line, observer));
    }

    public void removeObserver(Object observer) {
        cluster.run(() -> link.ignore(place, observer, "AddrObservationEndedEv", AddrEv.class));
    }

    public Object getObservers() {
        return cluster.act(() -> ProviderFace.observers(link.observers.of(place), AddressObserver.class));
    }

    public void addCallObserver(Object observer) {
        Line line = line();
        cluster.run(() -> link.observeCalls(line, observer));
    }

    public void removeCallObserver(Object observer) {
        cluster.run(() -> link.ignoreCalls(place, observer));
    }

    public Object getCallObservers() {
        return cluster.act(() -> ProviderFace.observers(link.observers.ofCalls(place), CallObserver.class));
    }
}
