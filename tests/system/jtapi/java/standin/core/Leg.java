package standin.core;

/** A device on a call: a terminal connection. States are those of CallControlTerminalConnection. */
public final class Leg {
    public static final int IDLE = 96;
    public static final int RINGING = 97;
    public static final int TALKING = 98;
    public static final int HELD = 99;
    public static final int BRIDGED = 100;
    public static final int IN_USE = 101;
    public static final int DROPPED = 102;

    public final Party party;
    public final Device device;
    public int state = IDLE;
    public String digits = "";

    Leg(Party party, Device device) {
        this.party = party;
        this.device = device;
    }

    public Talk call() {
        return party.call;
    }

    boolean isPassive() {
        return state == BRIDGED || state == IN_USE;
    }

    /** The state as TerminalConnection has it. */
    public int coreState() {
        return core(state);
    }

    static int core(int state) {
        switch (state) {
            case IDLE:
                return 64;
            case RINGING:
                return 65;
            case BRIDGED:
            case IN_USE:
                return 66;
            case TALKING:
            case HELD:
                return 67;
            case DROPPED:
                return 68;
            default:
                return 69;
        }
    }
}
