package standin.face;

import java.util.List;
import java.util.function.Supplier;

import javax.telephony.CallObserver;
import javax.telephony.Connection;

import standin.core.Device;
import standin.core.Dialling;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Party;
import standin.core.Place;
import standin.core.Refusal;
import standin.core.Talk;

/** Call, CallControlCall, CiscoCall, CiscoConsultCall. */
public final class CallFace extends Face {
    private static final int UNKNOWN_DESTINATION = 0x8EEE0001;

    final Talk call;
    private Leg transferController;
    private Leg conferenceController;

    CallFace(Link link, Talk call) {
        super(link, "Call", call);
        this.call = call;
    }

    private <T> T act(Supplier<T> operation) {
        return cluster.act(() -> {
            link.requireInService();
            return operation.get();
        });
    }

    private static Leg leg(Object proxy) {
        return proxy == null ? null : behind(proxy, LegFace.class).leg;
    }

    public int getState() {
        return call.state;
    }

    public Object getProvider() {
        return link.faces.provider();
    }

    public Object getConnections() {
        return cluster.act(() -> link.faces.array(call.parties, Connection.class));
    }

    // -- beginning -----------------------------------------------------------------------------------------

    public Object connect(Object terminal, Object address, String number) {
        Device device = behind(terminal, TerminalFace.class).device;
        Line line = AddressFace.line(address);
        return act(() -> {
            dial(device, line, number, null);
            return link.faces.array(call.parties, Connection.class);
        });
    }

    public Object connect(Object terminal, Object address, String number, int priority) {
        return connect(terminal, address, number);
    }

    private void dial(Device device, Line line, String number, Leg held) {
        Dialling.requireInService(device, line);
        if (!hearsCalls(line) && !hearsCalls(device)) {
            throw Refusal.unavailable(1, 0, "connect: no call observer at " + line.number);
        }
        cluster.dialling.requireDestination(number, UNKNOWN_DESTINATION);
        cluster.dialling.dial(call, device, line, number, held);
    }

    private boolean hearsCalls(Object thing) {
        return !link.observers.ofCalls(thing).isEmpty();
    }

    public Object consult(Object terminalConnection, String number) {
        Leg held = leg(terminalConnection);
        return act(() -> {
            if (held == null || held.state != Leg.TALKING || held.party.state != Party.ESTABLISHED) {
                int state = held == null ? 0 : held.state;
                throw Refusal.state(Refusal.TERMINAL_CONNECTION, state, "consult: does not talk");
            }
            dial(held.device, (Line) held.party.place, number, held);
            return link.faces.array(call.parties, Connection.class);
        });
    }

    public Object getConsultingTerminalConnection() {
        return link.faces.leg(call.consulting);
    }

    // -- ending and bringing together ----------------------------------------------------------------------

    public void drop() {
        act(() -> {
            cluster.control.drop(call);
            return null;
        });
    }

    public void setTransferController(Object terminalConnection) {
        transferController = leg(terminalConnection);
    }

    public Object getTransferController() {
        return link.faces.leg(transferController);
    }

    public void setConferenceController(Object terminalConnection) {
        conferenceController = leg(terminalConnection);
    }

    public Object getConferenceController() {
        return link.faces.leg(conferenceController);
    }

    public void transfer(javax.telephony.Call other) {
        Talk second = behind(other, CallFace.class).call;
        act(() -> {
            cluster.merging.transfer(call, second, transferController);
            return null;
        });
    }

    public Object transfer(String number) {
        return link.faces.party(act(() -> cluster.merging.transfer(call, number, transferController)));
    }

    public Object transfer(String number, String fac, String cmc) {
        return transfer(number);
    }

    public void conference(javax.telephony.Call other) {
        Talk second = behind(other, CallFace.class).call;
        act(() -> {
            cluster.merging.conference(call, second, conferenceController);
            return null;
        });
    }

    public void conference(javax.telephony.Call[] others) {
        for (javax.telephony.Call other : others) {
            conference(other);
        }
    }

    // -- who is on it --------------------------------------------------------------------------------------

    public Object getCallingAddress() {
        return link.faces.place(call.calling);
    }

    public Object getCalledAddress() {
        return link.faces.place(call.called);
    }

    public Object getLastRedirectedAddress() {
        return link.faces.place(call.redirected);
    }

    public Object getCallingTerminal() {
        return link.faces.device(call.callingDevice);
    }

    public Object getCurrentCallingAddress() {
        return link.faces.place(call.currentCalling);
    }

    public Object getCurrentCalledAddress() {
        return link.faces.place(call.currentCalled);
    }

    public Object getModifiedCallingAddress() {
        return link.faces.place(call.currentCalling);
    }

    public Object getModifiedCalledAddress() {
        return link.faces.place(call.currentCalled);
    }

    public Object getCurrentCallingPartyInfo() {
        return party(call.currentCalling);
    }

    public Object getCurrentCalledPartyInfo() {
        return party(call.currentCalled);
    }

    public Object getCalledPartyInfo() {
        return party(call.called);
    }

    public Object getLastRedirectedPartyInfo() {
        return party(call.redirected);
    }

    public Object getLastRedirectingPartyInfo() {
        return party(call.redirected);
    }

    private Object party(Place place) {
        return place == null
                ? null
                : Value.of(link.flavour, "CiscoPartyInfo", "getAddress", link.faces.place(place),
                        "getDisplayName", name(place), "getUnicodeDisplayName", name(place),
                        "getAddressPI", true, "getDisplayNamePI", true);
    }

    private static String name(Place place) {
        return place == null ? null : "Party " + place.number;
    }

    public String getCurrentCallingPartyDisplayName() {
        return name(call.currentCalling);
    }

    public String getCurrentCalledPartyDisplayName() {
        return name(call.currentCalled);
    }

    public String getCurrentCallingPartyUnicodeDisplayName() {
        return name(call.currentCalling);
    }

    public String getCurrentCalledPartyUnicodeDisplayName() {
        return name(call.currentCalled);
    }

    public String getGlobalizedCallingParty() {
        return call.calling == null ? null : call.calling.number;
    }

    public Object getCurrentCallingTerminal() {
        return link.faces.device(call.callingDevice);
    }

    public boolean isConference() {
        return call.parties.size() > 2;
    }

    public Object getCallID() {
        return Value.of(link.flavour, "CiscoCallID", "intValue", call.id,
                "getCallManagerID", Talk.CALL_MANAGER, "getGlobalCallID", call.id, "getCall", proxy());
    }

    // -- observers -----------------------------------------------------------------------------------------

    public void addObserver(Object observer) {
        cluster.run(() -> link.observeCalls(call, observer));
    }

    public void removeObserver(Object observer) {
        cluster.run(() -> link.ignoreCalls(call, observer));
    }

    public Object getObservers() {
        return cluster.act(() -> {
            List<Ears> those = link.observers.ofCalls(call);
            return ProviderFace.observers(those, CallObserver.class);
        });
    }
}
