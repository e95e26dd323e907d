package standin.core;

import java.util.ArrayList;
import java.util.List;

/** A call. States are those of Call. */
public final class Talk {
    public static final int IDLE = 32;
    public static final int ACTIVE = 33;
    public static final int INVALID = 34;
    public static final int CALL_MANAGER = 1;

    public final int id;
    public final List<Party> parties = new ArrayList<>();
    public int state = IDLE;
    public Place calling;
    public Place called;
    public Place currentCalling;
    public Place currentCalled;
    public Place redirected;
    public Device callingDevice;
    /** The held leg that a consultation began at. */
    public Leg consulting;

    Talk(int id) {
        this.id = id;
    }

    public Party party(Place place) {
        for (Party party : parties) {
            if (party.place == place) {
                return party;
            }
        }
        return null;
    }

    List<Party> others(Party party) {
        List<Party> others = new ArrayList<>(parties);
        others.remove(party);
        return others;
    }

    /** Whether somebody still has somebody to talk to, or to wait for. */
    boolean goesOn() {
        int live = 0;
        boolean speaks = false;
        for (Party party : parties) {
            live += party.state == Party.FAILED ? 0 : 1;
            speaks |= party.isIn(Party.INITIATED, Party.DIALING, Party.ESTABLISHED);
        }
        return live >= 2 && speaks;
    }
}
