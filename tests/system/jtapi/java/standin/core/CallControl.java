package standin.core;

import java.util.ArrayList;

/** What is done with a leg or a call that is there. */
public final class CallControl {
    private final Cluster cluster;

    CallControl(Cluster cluster) {
        this.cluster = cluster;
    }

    public void answer(Leg leg) {
        require(leg, "answer", Leg.RINGING);
        free(leg.device, leg);
        talk(leg, Why.PLAIN);
        cluster.cut();
    }

    public void hold(Leg leg) {
        require(leg, "hold", Leg.TALKING);
        require(leg.party, "hold", Party.ESTABLISHED);
        hold(leg, Why.PLAIN);
    }

    /** Take it back; on a shared line also from another device that has it on hold. */
    public void resume(Leg leg) {
        require(leg, "unhold", Leg.HELD, Leg.BRIDGED);
        Leg holder = leg.state == Leg.HELD ? leg : in(leg.party, Leg.HELD);
        if (holder == null) {
            throw wrong(leg, "unhold");
        }
        free(leg.device, leg);
        cluster.state(leg, Leg.TALKING, Why.UNHOLD);
        bridgeOthers(leg, Why.PLAIN);
        cluster.cut();
    }

    /** Leave: with two on the call it is over. */
    public void disconnect(Party party) {
        if (party.isIn(Party.DISCONNECTED, Party.FAILED, Party.IDLE)) {
            throw Refusal.state(Refusal.CONNECTION, party.state, "disconnect: connection not connected");
        }
        disconnect(party, party.state == Party.ALERTING ? Why.REJECTED : Why.CLEARING);
    }

    /** What the line of a device hangs up with: on a shared line others of it may go on. */
    public void disconnect(Party party, Why why) {
        leave(party, why);
        cluster.cut();
    }

    public void drop(Talk call) {
        if (call.state != Talk.ACTIVE) {
            throw Refusal.state(Refusal.CALL, call.state, "drop: call not active");
        }
        end(call, Why.CLEARING);
        cluster.cut();
    }

    public void tones(Leg leg, String digits) {
        require(leg, "generateDtmf", Leg.TALKING);
        boolean heard = false;
        for (Party other : leg.call().others(leg.party)) {
            heard |= other.state == Party.ESTABLISHED;
        }
        if (!heard) {
            throw wrong(leg, "generateDtmf");
        }
        leg.digits = (leg.digits + digits).substring(Math.max(0, leg.digits.length() + digits.length() - 64));
        for (Party other : leg.call().others(leg.party)) {
            for (Leg hearing : other.legs) {
                for (int i = 0; i < digits.length() && hearing.state == Leg.TALKING; i++) {
                    cluster.tell("MediaTermConnDtmfEv", hearing, Why.PLAIN, "getDtmfDigit", digits.charAt(i));
                }
            }
        }
        cluster.cut();
    }

    // -- what other operations are made of -----------------------------------------------------------------

    static void require(Leg leg, String method, int... states) {
        for (int state : states) {
            if (leg.state == state) {
                return;
            }
        }
        throw wrong(leg, method);
    }

    static void require(Party party, String method, int... states) {
        if (!party.isIn(states)) {
            throw Refusal.state(Refusal.CONNECTION, party.state, method + ": wrong state of the connection");
        }
    }

    private static Refusal wrong(Leg leg, String method) {
        String text = method + ": wrong state of the terminal connection";
        return Refusal.state(Refusal.TERMINAL_CONNECTION, leg.state, text);
    }

    static Leg in(Party party, int state) {
        for (Leg leg : party.legs) {
            if (leg.state == state) {
                return leg;
            }
        }
        return null;
    }

    void hold(Leg leg, Why why) {
        cluster.state(leg, Leg.HELD, why);
        cluster.cut();
    }

    /** A phone has one call that it talks on; what it talked on before is held. */
    void free(Device device, Leg except) {
        for (Leg other : new ArrayList<>(device.legs)) {
            if (other != except && other.state == Leg.TALKING) {
                if (other.party.state == Party.ESTABLISHED) {
                    hold(other, Why.PLAIN);
                } else {
                    leave(other.party, Why.CLEARING);
                    cluster.cut();
                }
            }
        }
    }

    /** The party comes on the call, with its legs, which say nothing yet. */
    Party join(Talk call, Place place, Why why) {
        Party party = new Party(call, place);
        call.parties.add(party);
        for (Leg leg : party.legs) {
            leg.device.legs.add(leg);
        }
        cluster.tell("ConnCreatedEv", party, why);
        return party;
    }

    /** The leg talks, its party is there; other devices of the line see it. */
    void talk(Leg leg, Why why) {
        if (leg.party.state != Party.ESTABLISHED) {
            cluster.state(leg.party, Party.ESTABLISHED, why);
        }
        cluster.state(leg, Leg.TALKING, why);
        bridgeOthers(leg, why);
    }

    void bridgeOthers(Leg leg, Why why) {
        int passive = leg.device.isPrivate ? Leg.IN_USE : Leg.BRIDGED;
        for (Leg other : leg.party.legs) {
            if (other != leg && other.state != passive) {
                cluster.state(other, passive, why);
            }
        }
    }

    /** The party is off the call, which itself goes on as it is. */
    void drop(Party party, Why why) {
        for (Leg leg : party.legs) {
            if (leg.state != Leg.IDLE) {
                cluster.state(leg, Leg.DROPPED, why);
            }
            leg.device.legs.remove(leg);
        }
        party.call.parties.remove(party);
        cluster.state(party, Party.DISCONNECTED, why);
    }

    void leave(Party party, Why why) {
        drop(party, why);
        settle(party.call, why);
    }

    void settle(Talk call, Why why) {
        if (!call.goesOn()) {
            end(call, why);
        }
    }

    /** A party that has failed stays so: its connection is not disconnected any more. */
    void end(Talk call, Why why) {
        for (Party party : new ArrayList<>(call.parties)) {
            if (party.state != Party.FAILED) {
                drop(party, why);
            }
        }
        call.parties.clear();
        call.state = Talk.INVALID;
        cluster.calls.remove(call.id);
        cluster.tell("CallInvalidEv", call, why);
    }
}
