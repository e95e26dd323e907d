package standin.face;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import javax.telephony.TerminalConnection;

import standin.core.Leg;
import standin.core.Party;

/** Connection, CallControlConnection, CiscoConnection. */
public final class ConnectionFace extends Face {
    private final Party party;
    private final Object call;
    private Leg requestController;

    ConnectionFace(Link link, Party party) {
        super(link, "Connection", party);
        this.party = party;
        call = link.faces.call(party.call);
    }

    private <T> T act(Supplier<T> operation) {
        return cluster.act(() -> {
            link.requireInService();
            return operation.get();
        });
    }

    public int getState() {
        return party.coreState();
    }

    public int getCallControlState() {
        return party.state;
    }

    public Object getCall() {
        return call;
    }

    public Object getAddress() {
        return link.faces.place(party.place);
    }

    /** Null for a party whose line nobody observes. */
    public Object getTerminalConnections() {
        return cluster.act(() -> {
            List<Leg> found = new ArrayList<>();
            for (Leg leg : party.legs) {
                if (leg.state != Leg.IDLE && link.telling.isVisible(leg)) {
                    found.add(leg);
                }
            }
            return link.faces.array(found, TerminalConnection.class);
        });
    }

    public void disconnect() {
        act(() -> {
            cluster.control.disconnect(party);
            return null;
        });
    }

    public void reject() {
        disconnect();
    }

    // -- elsewhere -----------------------------------------------------------------------------------------

    public Object redirect(String number) {
        return link.faces.party(act(() -> cluster.diverting.redirect(party, number)));
    }

    public Object redirect(String number, int mode) {
        return redirect(number);
    }

    public Object redirect(String number, int mode, int space) {
        return redirect(number);
    }

    public Object redirect(String number, int mode, int space, String preferred) {
        return redirect(number);
    }

    public Object redirect(String number, int mode, int space, int called) {
        return redirect(number);
    }

    public Object redirect(
            String number, int mode, int space, int called, String preferred, String fac, String cmc) {
        return redirect(number);
    }

    public Object park(String number) {
        return link.faces.party(act(() -> cluster.diverting.park(party, number)));
    }

    /** The number where the other party is parked now. */
    public String park() {
        return act(() -> cluster.diverting.park(party, null)).place.number;
    }

    public void setRequestController(Object terminalConnection) {
        requestController = behind(terminalConnection, LegFace.class).leg;
    }

    public Object getRequestController() {
        return link.faces.leg(requestController);
    }

    // -- facts ---------------------------------------------------------------------------------------------

    public int getReason() {
        return 1;
    }

    public boolean getAddressPI() {
        return true;
    }

    public Object getConnectionID() {
        return Value.of(link.flavour, "CiscoConnectionID", "intValue", System.identityHashCode(party),
                "getConnection", proxy());
    }

    public String getUniqueID(Object terminal) {
        return party.call.id + "/" + party.place;
    }
}
