package standin.face;

import java.util.function.Consumer;

import standin.core.Leg;

/** TerminalConnection, CallControlTerminalConnection, MediaTerminalConnection, CiscoTerminalConnection. */
public final class LegFace extends Face {
    private static final int AVAILABLE = 128;
    private static final int UNAVAILABLE = 129;

    final Leg leg;
    private final Object connection;

    LegFace(Link link, Leg leg) {
        super(link, "TerminalConnection", leg);
        this.leg = leg;
        connection = link.faces.party(leg.party);
    }

    private void act(Consumer<Leg> operation) {
        cluster.act(() -> {
            link.requireInService();
            operation.accept(leg);
            return null;
        });
    }

    public int getState() {
        return leg.coreState();
    }

    public int getCallControlState() {
        return leg.state;
    }

    public Object getTerminal() {
        return link.faces.device(leg.device);
    }

    public Object getConnection() {
        return connection;
    }

    public void answer() {
        act(cluster.control::answer);
    }

    public void hold() {
        act(cluster.control::hold);
    }

    public void hold(String music) {
        hold();
    }

    public void unhold() {
        act(cluster.control::resume);
    }

    public void generateDtmf(String digits) {
        act(leg -> cluster.control.tones(leg, digits));
    }

    public int getMediaAvailability() {
        return leg.state == Leg.TALKING ? AVAILABLE : UNAVAILABLE;
    }

    public boolean getPrivacyStatus() {
        return false;
    }

    public int getSelectStatus() {
        return 0;
    }
}
