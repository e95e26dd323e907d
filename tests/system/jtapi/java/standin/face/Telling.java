package standin.face;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.telephony.callcontrol.CallControlAddressObserver;
import javax.telephony.callcontrol.CallControlCallObserver;
import javax.telephony.events.AddrEv;
import javax.telephony.events.CallEv;
import javax.telephony.events.ProvEv;
import javax.telephony.events.TermEv;
import javax.telephony.media.MediaCallObserver;

import standin.core.Change;
import standin.core.Delivered;
import standin.core.Device;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Names;
import standin.core.Party;
import standin.core.Talk;
import standin.core.Why;

/**
 * Which observer hears what. A call begins for an observer when somebody is on it whom it observes, and is
 * over for it when the call is, or when the last of those has left. Under the cluster's lock only.
 */
final class Telling {
    private static final List<String> MERGES = Arrays.asList("CiscoTransferStartEv", "CiscoTransferEndEv",
            "CiscoConferenceStartEv", "CiscoConferenceEndEv", "CiscoCallChangedEv");

    private final Link link;
    private final Set<Ears> dirty = new LinkedHashSet<>();
    private final Set<Talk> touched = new LinkedHashSet<>();
    private List<Delivered> deliveries = new ArrayList<>();

    Telling(Link link) {
        this.link = link;
    }

    void happened(Change change) {
        if (change.call != null) {
            ofCall(change);
            return;
        }
        Class<?> type = link.flavour.event(change.event);
        if (type == null) {
            return;
        }
        if (TermEv.class.isAssignableFrom(type)) {
            ofTerminal(change);
        } else if (AddrEv.class.isAssignableFrom(type)) {
            tellAll(link.observers.of(change.place), AddrEv.class, change);
        } else {
            tellAll(link.observers.of(link), ProvEv.class, change);
        }
    }

    private void ofTerminal(Change change) {
        for (Ears ears : link.observers.of(change.device)) {
            boolean isFiltered = change.event.startsWith("CiscoTermDND")
                    && !Value.isSet(link.filters.get(change.device), "DNDChangedEvFilter");
            if (!isFiltered) {
                tell(ears, TermEv.class, change);
            }
        }
    }

    void tellAll(List<Ears> those, Class<?> family, Change change) {
        for (Ears ears : those) {
            tell(ears, family, change);
        }
    }

    /** One event for one observer, if its flavour has it and the observer wants events of its package. */
    void tell(Ears ears, Class<?> family, Change change) {
        Class<?> type = link.flavour.event(change.event);
        if (type != null && wants(ears.observer, type)) {
            dirty.add(ears);
            boolean isNew = ears.begins(family, change.why.meta);
            ears.add(family, Event.of(link, type, change, isNew), change.why.meta, deliveries);
        }
    }

    private static boolean wants(Object observer, Class<?> event) {
        String from = event.getPackage().getName();
        if (from.startsWith("javax.telephony.callcontrol")) {
            return CallEv.class.isAssignableFrom(event)
                    ? observer instanceof CallControlCallObserver
                    : observer instanceof CallControlAddressObserver;
        }
        return !from.startsWith("javax.telephony.media") || observer instanceof MediaCallObserver;
    }

    void cut() {
        for (Ears ears : dirty) {
            ears.flush(deliveries);
        }
        dirty.clear();
    }

    List<Delivered> finish() {
        for (Talk call : touched) {
            for (Ears ears : link.observers.all()) {
                if (ears.known.contains(call) && !ears.sees(call)) {
                    over(ears, call, Why.CLEARING);
                }
            }
        }
        touched.clear();
        cut();
        List<Delivered> finished = deliveries;
        deliveries = new ArrayList<>();
        return finished;
    }

    // -- calls ---------------------------------------------------------------------------------------------

    private void ofCall(Change change) {
        Talk call = change.call;
        touched.add(call);
        boolean isOver = change.event.equals("CallInvalidEv");
        for (Ears ears : new ArrayList<>(link.observers.all())) {
            if (ears.known.contains(call)) {
                if (isOver) {
                    over(ears, call, change.why);
                } else if (change.leg == null || isVisible(change.leg)) {
                    tell(ears, CallEv.class, change);
                }
            } else if (MERGES.contains(change.event) && knowsOther(ears, change)) {
                tell(ears, CallEv.class, change);
            } else if (!isOver && call.state == Talk.ACTIVE && ears.sees(call)) {
                announce(ears, call, change.why);
            }
        }
        if (isOver) {
            link.faces.forget(call);
        }
    }

    private static boolean knowsOther(Ears ears, Change change) {
        for (Object fact : change.facts.values()) {
            if (fact instanceof Talk && ears.known.contains(fact)) {
                return true;
            }
        }
        return false;
    }

    /** Legs are seen of lines and devices that somebody observes. */
    boolean isVisible(Leg leg) {
        if (!link.isInDomain(leg.device)) {
            return false;
        }
        for (Ears ears : link.observers.all()) {
            if (ears.sees(leg)) {
                return true;
            }
        }
        return false;
    }

    private void over(Ears ears, Talk call, Why why) {
        tell(ears, CallEv.class, Change.of("CallInvalidEv", call, why));
        end(ears, call, why);
    }

    /** The observer hears no more of the call, which may go on. */
    void end(Ears ears, Talk call, Why why) {
        ears.known.remove(call);
        Change ended = Change.of("CallObservationEndedEv", call, why, "getEndedObject", call);
        tell(ears, CallEv.class, ended);
    }

    // -- calls that are there already ----------------------------------------------------------------------

    /** Tell everything there is to know of a call. */
    void announce(Ears ears, Talk call, Why why) {
        ears.known.add(call);
        touched.add(call);
        boolean consults = call.consulting != null && link.flavour.event("CiscoConsultCallActiveEv") != null;
        String active = consults ? "CiscoConsultCallActiveEv" : "CallActiveEv";
        tell(ears, CallEv.class, Change.of(active, call, why, "getHeldTerminalConnection", call.consulting));
        for (Party party : call.parties) {
            tell(ears, CallEv.class, Change.of("ConnCreatedEv", party, why));
        }
        for (Party party : call.parties) {
            if (party.state != Party.IDLE) {
                for (String name : Names.ofParty(Party.IDLE, party.state)) {
                    tell(ears, CallEv.class, Change.of(name, party, why));
                }
            }
            for (Leg leg : party.legs) {
                announce(ears, leg, why);
            }
        }
    }

    private void announce(Ears ears, Leg leg, Why why) {
        if (leg.state != Leg.IDLE && isVisible(leg)) {
            for (String name : Names.ofLeg(Leg.IDLE, leg.state)) {
                tell(ears, CallEv.class, Change.of(name, leg, why));
            }
        }
    }

    /** The observer begins to hear the calls of a line or a device: those that are there are a snapshot. */
    void snapshot(Ears ears, Iterable<Leg> legs) {
        Set<Talk> calls = new LinkedHashSet<>();
        for (Leg leg : legs) {
            if (ears.known.contains(leg.call())) {
                announce(ears, leg, Why.SNAPSHOT);
            } else {
                calls.add(leg.call());
            }
        }
        for (Talk call : calls) {
            announce(ears, call, Why.SNAPSHOT);
            cut();
        }
        cut();
    }

    static List<Leg> legs(Object thing) {
        List<Leg> found = new ArrayList<>();
        if (thing instanceof Device) {
            found.addAll(((Device) thing).legs);
        } else if (thing instanceof Line) {
            for (Party party : ((Line) thing).parties()) {
                found.addAll(party.legs);
            }
        }
        return found;
    }
}
