package standin.core;

import java.util.List;

/** Calls that go on somewhere else: redirected, picked up, parked and taken again. */
public final class Diverting {
    private static final int UNKNOWN_DESTINATION = 0x8CCC0034;
    private static final int DESTINATION_BUSY = 0x8CCC003F;

    private final Cluster cluster;

    Diverting(Cluster cluster) {
        this.cluster = cluster;
    }

    /** The connection of the new destination. */
    public Party redirect(Party party, String number) {
        CallControl.require(party, "redirect", Party.OFFERED, Party.ALERTING, Party.ESTABLISHED);
        cluster.dialling.requireDestination(number, UNKNOWN_DESTINATION);
        cluster.dialling.requireFree(number, DESTINATION_BUSY);
        Talk call = party.call;
        Place target = cluster.place(number);
        cluster.control.drop(party, Why.REDIRECT);
        cluster.cut();
        call.redirected = party.place;
        call.currentCalled = target;
        cluster.dialling.route(call, target, Why.REDIRECT);
        cluster.control.settle(call, Why.CLEARING);
        return call.party(target);
    }

    // -- pickup --------------------------------------------------------------------------------------------

    /** Take the call that rings at a number. */
    public Talk pickUp(Device device, Line line, String number) {
        Dialling.requireInService(device, line);
        for (Line ringing : cluster.lines(number)) {
            for (Party party : ringing.parties()) {
                if (party.state == Party.ALERTING) {
                    return pickUp(device, line, party);
                }
            }
        }
        throw Refusal.state(Refusal.ADDRESS, 0, "pickup: no call rings at " + number);
    }

    /** Take the call that rings longest in the group of a line. */
    public Talk pickUpInGroup(Device device, Line line, String group) {
        Dialling.requireInService(device, line);
        boolean known = group == null || group.isEmpty() || Features.PICKUP_GROUP.equals(group);
        if (known && Features.isInGroup(line)) {
            for (Talk call : cluster.calls.values()) {
                for (Party party : call.parties) {
                    boolean rings = party.state == Party.ALERTING && party.place != line;
                    if (rings && Features.isInGroup(party.place)) {
                        return pickUp(device, line, party);
                    }
                }
            }
        }
        throw Refusal.state(Refusal.ADDRESS, 0, "pickup: no call rings in the group");
    }

    private Talk pickUp(Device device, Line line, Party ringing) {
        Talk call = ringing.call;
        if (call.party(line) != null) {
            throw Refusal.state(Refusal.ADDRESS, 0, "pickup: the line is on this call itself");
        }
        cluster.control.free(device, null);
        cluster.control.drop(ringing, Why.PICKUP);
        call.redirected = ringing.place;
        call.currentCalled = line;
        Party party = cluster.control.join(call, line, Why.PICKUP);
        cluster.control.talk(party.leg(device), Why.PICKUP);
        cluster.cut();
        return call;
    }

    // -- park ----------------------------------------------------------------------------------------------

    static boolean isPark(String number) {
        return number.length() == 4 && number.compareTo("7001") >= 0 && number.compareTo("7010") <= 0;
    }

    Party parked(Place place) {
        for (Talk call : cluster.calls.values()) {
            for (Party party : call.parties) {
                if (party.state == Party.QUEUED && party.place == place) {
                    return party;
                }
            }
        }
        return null;
    }

    /** Leave the other party at a park number: the one given, or null for the first that is free. */
    public Party park(Party party, String number) {
        CallControl.require(party, "park", Party.ESTABLISHED);
        List<Party> others = party.call.others(party);
        if (others.size() != 1 || others.get(0).state != Party.ESTABLISHED) {
            throw Refusal.state(Refusal.CONNECTION, party.state, "park: not a call of two that talk");
        }
        Place target = cluster.place(number == null ? firstFree() : number);
        if (!isPark(target.number)) {
            throw Refusal.party(UNKNOWN_DESTINATION, target + " is no park number");
        }
        if (parked(target) != null) {
            throw Refusal.party(DESTINATION_BUSY, "a call is parked at " + target);
        }
        cluster.control.drop(party, Why.PARK);
        party.call.redirected = party.place;
        party.call.currentCalled = target;
        Party queued = cluster.control.join(party.call, target, Why.PARK);
        cluster.state(queued, Party.QUEUED, Why.PARK, "getNumberInQueue", 1);
        cluster.cut();
        return queued;
    }

    private String firstFree() {
        for (int number = 7001; number <= 7010; number++) {
            if (parked(cluster.place(String.valueOf(number))) == null) {
                return String.valueOf(number);
            }
        }
        throw Refusal.unavailable(0, 0, "all park numbers are taken");
    }

    /** Take a parked call without dialling. */
    public Leg unpark(Device device, Line line, String number) {
        Dialling.requireInService(device, line);
        Party parked = parked(cluster.place(number));
        if (parked == null) {
            throw Refusal.argument("unPark: no call is parked at " + number);
        }
        cluster.control.free(device, null);
        return bringIn(device, line, parked);
    }

    /** Who has dialled a park number goes on in the call that is parked there. */
    void take(Party caller, Leg leg, Party parked) {
        Talk dialled = caller.call;
        Talk call = parked.call;
        Leg taken = bringIn(leg.device, (Line) caller.place, parked);
        cluster.tell("CiscoCallChangedEv", call, Why.UNPARK, "getSurvivingCall", call,
                "getOriginalCall", dialled, "getConnection", taken.party, "getTerminalConnection", taken);
        cluster.control.leave(caller, Why.UNPARK);
        cluster.cut();
    }

    private Leg bringIn(Device device, Line line, Party parked) {
        Talk call = parked.call;
        call.currentCalled = line;
        Party party = cluster.control.join(call, line, Why.UNPARK);
        cluster.control.talk(party.leg(device), Why.UNPARK);
        cluster.control.drop(parked, Why.UNPARK);
        cluster.cut();
        return party.leg(device);
    }
}
