package standin.core;

import java.util.HashMap;
import java.util.Map;

/** How a call begins and finds who is called. Numbers outside behave as OUTSIDE says. */
public final class Dialling {
    private static final String TRUNK = "+1555";
    private static final int MAX_CALLS = 4;
    private static final Map<String, String> OUTSIDE = new HashMap<>();

    static {
        OUTSIDE.put("1901", "answers");
        OUTSIDE.put("1902", "answers later");
        OUTSIDE.put("1903", "busy");
        OUTSIDE.put("1904", "silent");
        OUTSIDE.put("1905", "rejects");
    }

    private final Cluster cluster;

    Dialling(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Begin a call that is new. `consulting` is the leg that is held for it, or null. */
    public void dial(Talk call, Device device, Line line, String number, Leg consulting) {
        requireInService(device, line);
        if (call.state != Talk.IDLE) {
            throw Refusal.state(Refusal.CALL, call.state, "connect: call not idle");
        }
        Place called = cluster.place(number);
        Why why = consulting == null ? Why.NEW_CALL : Why.CONSULTING;
        if (consulting != null) {
            cluster.control.hold(consulting, Why.CONSULTING);
        }
        cluster.control.free(device, null);
        begin(call, device, line, called, consulting);
        Party caller = goOffHook(call, device, line, why);
        cluster.state(caller, Party.DIALING, why, "getDigits", number);
        cluster.cut();
        cluster.state(caller, Party.ESTABLISHED, why);
        cluster.cut();
        if (cluster.diverting.parked(called) != null) {
            cluster.diverting.take(caller, caller.leg(device), cluster.diverting.parked(called));
        } else {
            route(call, called, why);
        }
    }

    private void begin(Talk call, Device device, Line line, Place called, Leg consulting) {
        call.state = Talk.ACTIVE;
        call.calling = call.currentCalling = line;
        call.called = call.currentCalled = called;
        call.callingDevice = device;
        call.consulting = consulting;
        cluster.calls.put(call.id, call);
    }

    private Party goOffHook(Talk call, Device device, Line line, Why why) {
        Party caller = cluster.control.join(call, line, why);
        cluster.state(caller, Party.INITIATED, why);
        cluster.state(caller.leg(device), Leg.TALKING, why);
        cluster.control.bridgeOthers(caller.leg(device), why);
        cluster.cut();
        return caller;
    }

    public static void requireInService(Device device, Line line) {
        if (!device.lines.contains(line)) {
            throw Refusal.argument("Address " + line.number + " is not at terminal " + device.name);
        }
        if (!device.inService) {
            throw Refusal.unavailable(1, 0x8CCC0077, "device " + device.name + " is out of service");
        }
    }

    /** Nothing is done where the number cannot be called: applications are told so at once. */
    public void requireDestination(String number, int code) {
        if (!isKnown(number)) {
            throw Refusal.party(code, "destination " + number + " is unknown");
        }
    }

    void requireFree(String number, int code) {
        if ("busy".equals(conduct(number))) {
            throw Refusal.party(code, "destination " + number + " is busy");
        }
    }

    boolean isKnown(String number) {
        return !cluster.lines(number).isEmpty() || conduct(number) != null || Diverting.isPark(number);
    }

    private static String conduct(String number) {
        return OUTSIDE.get(number.startsWith(TRUNK) ? number.substring(TRUNK.length()) : number);
    }

    // -- whoever is called ---------------------------------------------------------------------------------

    /** Bring the call to a place; back when it rings, has failed, or is answered at once. */
    void route(Talk call, Place place, Why why) {
        if (place instanceof Line) {
            reach(call, (Line) place, why);
        } else {
            leaveHouse(call, place, why);
        }
    }

    private void reach(Talk call, Line line, Why why) {
        if (!line.forward.isEmpty() && !line.forward.equals(line.number)) {
            forward(call, line);
        } else if (!line.isInService()) {
            fail(call, line, Why.OUT_OF_ORDER);
        } else if (call.party(line) != null || line.parties().size() >= MAX_CALLS) {
            fail(call, line, Why.BUSY);
        } else if (!line.mayRing()) {
            fail(call, line, Why.NOT_DISTURBED);
        } else {
            Party party = offer(call, line, why);
            ring(party, why);
        }
    }

    /** The line is offered the call, and passes it on before it rings. */
    private void forward(Talk call, Line line) {
        Party party = offer(call, line, Why.PLAIN);
        for (Leg leg : party.legs) {
            cluster.tell("TermConnCreatedEv", leg, Why.PLAIN);
            cluster.tell("TermConnDroppedEv", leg, Why.FORWARD);
            cluster.tell("CallCtlTermConnDroppedEv", leg, Why.FORWARD);
        }
        cluster.control.drop(party, Why.FORWARD);
        cluster.cut();
        call.redirected = line;
        Place target = cluster.place(line.forward);
        call.currentCalled = target;
        if (target instanceof Line && !((Line) target).forward.isEmpty()) {
            fail(call, target, Why.BUSY);
        } else {
            route(call, target, Why.FORWARD);
        }
    }

    private void leaveHouse(Talk call, Place place, Why why) {
        String conduct = conduct(place.number);
        if (conduct == null) {
            fail(call, place, Why.UNALLOCATED);
            return;
        }
        if ("busy".equals(conduct)) {
            fail(call, place, Why.BUSY);
            return;
        }
        Party party = offer(call, place, why);
        if ("rejects".equals(conduct)) {
            fail(party, Why.REJECTED);
            return;
        }
        ring(party, why);
        if ("answers".equals(conduct)) {
            cluster.state(party, Party.ESTABLISHED, why);
            cluster.cut();
        } else if ("answers later".equals(conduct)) {
            cluster.later(1000, () -> answers(party));
        }
    }

    private void answers(Party called) {
        Party party = called.now();
        if (party.isIn(Party.ALERTING, Party.NETWORK_ALERTING)) {
            cluster.state(party, Party.ESTABLISHED, Why.PLAIN);
            cluster.cut();
        }
    }

    Party offer(Talk call, Place place, Why why) {
        Party party = cluster.control.join(call, place, why);
        boolean trunk = place.number.startsWith(TRUNK);
        cluster.state(party, trunk ? Party.NETWORK_REACHED : Party.OFFERED, why);
        cluster.cut();
        return party;
    }

    void ring(Party party, Why why) {
        boolean trunk = party.state == Party.NETWORK_REACHED;
        cluster.state(party, trunk ? Party.NETWORK_ALERTING : Party.ALERTING, why);
        for (Leg leg : party.legs) {
            cluster.state(leg, Leg.RINGING, why);
        }
        cluster.cut();
    }

    private void fail(Talk call, Place place, Why why) {
        fail(cluster.control.join(call, place, Why.PLAIN), why);
    }

    private void fail(Party party, Why why) {
        for (Leg leg : party.legs) {
            leg.device.legs.remove(leg);
        }
        party.legs.clear();
        cluster.state(party, Party.FAILED, why);
        cluster.cut();
    }
}
