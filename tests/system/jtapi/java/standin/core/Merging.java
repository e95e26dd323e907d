package standin.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two calls of one line become one: transfer and conference. The first call is the one that is left. */
public final class Merging {
    private final Cluster cluster;

    Merging(Cluster cluster) {
        this.cluster = cluster;
    }

    /** `controller` is the leg that does it, on either call; null: the one that is on both. */
    public void transfer(Talk first, Talk second, Leg controller) {
        Leg leg = controller != null ? controller : common(first, second);
        Party one = own(first, leg);
        Party other = own(second, leg);
        requireOthers(first, one, Party.ESTABLISHED);
        requireOthers(second, other, Party.ESTABLISHED, Party.ALERTING, Party.NETWORK_ALERTING);
        List<Leg> legs = new ArrayList<>(one.legs);
        start("CiscoTransferStartEv", first, second, leg, legs, Why.TRANSFER);
        cluster.control.drop(one, Why.TRANSFER);
        cluster.control.drop(other, Why.TRANSFER);
        Place added = bringOver(second, first, Why.TRANSFER);
        first.redirected = one.place;
        first.currentCalling = first.parties.get(0).place;
        first.currentCalled = added;
        tellTransfer("CiscoTransferEndEv", first, second, leg, legs, Why.TRANSFER, "isSuccess", true);
        cluster.control.settle(first, Why.CLEARING);
        cluster.cut();
    }

    /** Transfer to a number that nobody has talked to. */
    public Party transfer(Talk call, String number, Leg controller) {
        Leg leg = controller != null ? controller : talking(call);
        CallControl.require(leg, "transfer", Leg.TALKING);
        requireOthers(call, leg.party, Party.ESTABLISHED);
        cluster.dialling.requireDestination(number, 0x8CCC000B);
        cluster.dialling.requireFree(number, 0x8CCC000D);
        Place target = cluster.place(number);
        List<Leg> legs = new ArrayList<>(leg.party.legs);
        start("CiscoTransferStartEv", call, call, leg, legs, Why.BLIND_TRANSFER);
        cluster.control.drop(leg.party, Why.BLIND_TRANSFER);
        call.redirected = leg.party.place;
        call.currentCalling = call.parties.get(0).place;
        call.currentCalled = target;
        tellTransfer("CiscoTransferEndEv", call, call, leg, legs, Why.BLIND_TRANSFER, "isSuccess", true);
        cluster.cut();
        cluster.dialling.route(call, target, Why.BLIND_TRANSFER);
        cluster.control.settle(call, Why.CLEARING);
        return call.party(target);
    }

    public void conference(Talk first, Talk second, Leg controller) {
        Leg leg = controller != null ? controller : common(first, second);
        Party one = own(first, leg);
        Party other = own(second, leg);
        requireOthers(first, one, Party.ESTABLISHED);
        requireOthers(second, other, Party.ESTABLISHED);
        Leg held = one.leg(leg.device);
        Leg talking = other.leg(leg.device);
        if (held.state == Leg.TALKING) {
            held = other.leg(leg.device);
            talking = one.leg(leg.device);
        }
        tellConference("CiscoConferenceStartEv", first, second, held, talking);
        cluster.control.drop(other, Why.CONFERENCE);
        bringOver(second, first, Why.CONFERENCE);
        Leg stays = one.leg(leg.device);
        if (stays.state == Leg.HELD) {
            cluster.state(stays, Leg.TALKING, Why.CONFERENCE);
        }
        tellConference("CiscoConferenceEndEv", first, second, held, talking);
        cluster.cut();
    }

    // -- what both are made of -----------------------------------------------------------------------------

    /** Everybody on `from` is on `to` instead, in the same state; who is new there comes back. */
    private Place bringOver(Talk from, Talk to, Why why) {
        Place added = null;
        for (Party old : new ArrayList<>(from.parties)) {
            if (to.party(old.place) != null || old.state == Party.FAILED) {
                continue;
            }
            added = old.place;
            Party fresh = cluster.control.join(to, old.place, why);
            old.successor = fresh;
            cluster.state(fresh, old.state, why);
            for (Leg leg : fresh.legs) {
                Leg before = old.leg(leg.device);
                if (before != null && before.state != Leg.IDLE) {
                    cluster.state(leg, before.state, why);
                }
            }
            Leg speaking = fresh.legs.isEmpty() ? null : fresh.legs.get(0);
            cluster.tell("CiscoCallChangedEv", to, why, "getSurvivingCall", to, "getOriginalCall", from,
                    "getConnection", fresh, "getTerminalConnection", speaking);
            cluster.control.drop(old, why);
        }
        cluster.control.end(from, why);
        return added;
    }

    private static Leg common(Talk first, Talk second) {
        for (Party party : second.parties) {
            Party same = first.party(party.place);
            if (same != null) {
                for (Leg leg : same.legs) {
                    Leg other = party.leg(leg.device);
                    if (other != null && !other.isPassive() && !leg.isPassive()) {
                        return leg;
                    }
                }
            }
        }
        throw Refusal.state(Refusal.CALL, second.state, "the calls have no terminal in common");
    }

    private static Leg talking(Talk call) {
        for (Party party : call.parties) {
            Leg leg = CallControl.in(party, Leg.TALKING);
            if (leg != null) {
                return leg;
            }
        }
        throw Refusal.state(Refusal.CALL, call.state, "nobody talks on the call");
    }

    private static Party own(Talk call, Leg controller) {
        Party party = call.party(controller.party.place);
        Leg leg = party == null ? null : party.leg(controller.device);
        if (leg == null || leg.state != Leg.HELD && leg.state != Leg.TALKING) {
            int object = Refusal.TERMINAL_CONNECTION;
            throw Refusal.state(object, controller.state, "the controller is not on a call");
        }
        return party;
    }

    private static void requireOthers(Talk call, Party own, int... states) {
        for (Party other : call.others(own)) {
            if (other.isIn(states)) {
                return;
            }
        }
        throw Refusal.state(Refusal.CONNECTION, own.state, "nobody else is on the call");
    }

    private void start(String event, Talk first, Talk second, Leg leg, List<Leg> legs, Why why) {
        tellTransfer(event, first, second, leg, legs, why, "getControllerTerminalName", leg.device.name);
    }

    private void tellTransfer(String event, Talk first, Talk second, Leg leg, List<Leg> legs, Why why,
            String getter, Object fact) {
        cluster.tell(event, first, why, "getFinalCall", first, "getTransferredCall", second,
                "getTransferController", leg, "getTransferControllers", legs,
                "getTransferControllerAddress", leg.party.place, getter, fact);
    }

    private void tellConference(String event, Talk first, Talk second, Leg held, Leg talking) {
        Place controller = held.party.place;
        cluster.tell(event, first, Why.CONFERENCE, "getFinalCall", first, "getConferencedCall", second,
                "getConferencedCalls", Arrays.asList(second), "getHeldConferenceController", held,
                "getHeldConferenceControllers", Arrays.asList(held),
                "getTalkingConferenceController", talking, "getConferenceControllerAddress", controller,
                "getOriginalConferenceControllerAddress", controller,
                "getControllerTerminalName", held.device.name, "isSuccess", true);
    }
}
