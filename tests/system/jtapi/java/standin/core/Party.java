package standin.core;

import java.util.ArrayList;
import java.util.List;

/** Somebody on a call: a connection. States are those of CallControlConnection. */
public final class Party {
    public static final int IDLE = 80;
    public static final int OFFERED = 81;
    public static final int QUEUED = 82;
    public static final int ALERTING = 83;
    public static final int INITIATED = 84;
    public static final int DIALING = 85;
    public static final int NETWORK_REACHED = 86;
    public static final int NETWORK_ALERTING = 87;
    public static final int ESTABLISHED = 88;
    public static final int DISCONNECTED = 89;
    public static final int FAILED = 90;

    public final Talk call;
    public final Place place;
    public final List<Leg> legs = new ArrayList<>();
    public int state = IDLE;
    /** Where the party went on when its call became part of another one. */
    public Party successor;

    Party(Talk call, Place place) {
        this.call = call;
        this.place = place;
        if (place instanceof Line) {
            for (Device device : ((Line) place).devices) {
                if (device.inService) {
                    legs.add(new Leg(this, device));
                }
            }
        }
    }

    public Leg leg(Device device) {
        for (Leg leg : legs) {
            if (leg.device == device) {
                return leg;
            }
        }
        return null;
    }

    public boolean isIn(int... states) {
        for (int one : states) {
            if (state == one) {
                return true;
            }
        }
        return false;
    }

    /** The party on the call it is on now. */
    Party now() {
        Party found = this;
        while (found.successor != null) {
            found = found.successor;
        }
        return found;
    }

    /** The state as Connection has it. */
    public int coreState() {
        return core(state);
    }

    static int core(int state) {
        switch (state) {
            case IDLE:
                return 48;
            case OFFERED:
            case QUEUED:
                return 49;
            case ALERTING:
                return 50;
            case DISCONNECTED:
                return 52;
            case FAILED:
                return 53;
            default:
                return 51;
        }
    }
}
