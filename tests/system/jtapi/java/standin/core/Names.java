package standin.core;

import java.util.ArrayList;
import java.util.List;

/** Which events say that a party or a leg has come into a state: the core one first, then call control's. */
public final class Names {
    private Names() {}

    public static List<String> ofParty(int from, int to) {
        List<String> names = new ArrayList<>(2);
        String core = coreOfParty(to);
        if (core != null && Party.core(from) != Party.core(to)) {
            names.add(core);
        }
        names.add("CallCtlConn" + controlOfParty(to) + "Ev");
        return names;
    }

    public static List<String> ofLeg(int from, int to) {
        List<String> names = new ArrayList<>(3);
        if (from == Leg.IDLE) {
            names.add("TermConnCreatedEv");
        }
        if (to == Leg.IDLE) {
            return names;
        }
        if (Leg.core(from) != Leg.core(to)) {
            names.add("TermConn" + coreOfLeg(to) + "Ev");
        }
        names.add("CallCtlTermConn" + controlOfLeg(to) + "Ev");
        return names;
    }

    private static String coreOfParty(int state) {
        switch (Party.core(state)) {
            case 49:
                return "ConnInProgressEv";
            case 50:
                return "ConnAlertingEv";
            case 51:
                return "ConnConnectedEv";
            case 52:
                return "ConnDisconnectedEv";
            case 53:
                return "ConnFailedEv";
            default:
                return null;
        }
    }

    private static String controlOfParty(int state) {
        switch (state) {
            case Party.OFFERED:
                return "Offered";
            case Party.QUEUED:
                return "Queued";
            case Party.ALERTING:
                return "Alerting";
            case Party.INITIATED:
                return "Initiated";
            case Party.DIALING:
                return "Dialing";
            case Party.NETWORK_REACHED:
                return "NetworkReached";
            case Party.NETWORK_ALERTING:
                return "NetworkAlerting";
            case Party.ESTABLISHED:
                return "Established";
            case Party.DISCONNECTED:
                return "Disconnected";
            case Party.FAILED:
                return "Failed";
            default:
                return "Unknown";
        }
    }

    private static String coreOfLeg(int state) {
        switch (Leg.core(state)) {
            case 65:
                return "Ringing";
            case 66:
                return "Passive";
            case 67:
                return "Active";
            case 68:
                return "Dropped";
            default:
                return "Unknown";
        }
    }

    private static String controlOfLeg(int state) {
        switch (state) {
            case Leg.RINGING:
                return "Ringing";
            case Leg.TALKING:
                return "Talking";
            case Leg.HELD:
                return "Held";
            case Leg.BRIDGED:
                return "Bridged";
            case Leg.IN_USE:
                return "InUse";
            case Leg.DROPPED:
                return "Dropped";
            default:
                return "Unknown";
        }
    }
}
