package standin.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event before it is one of JTAPI's: the name of its interface, what it is about, and why. `facts` are
 * what its own getters give, by their names; parties, legs, calls, places and devices stand for JTAPI's
 * objects.
 */
public final class Change {
    public final String event;
    public final Why why;
    public final Talk call;
    public final Party party;
    public final Leg leg;
    public final Place place;
    public final Device device;
    public final Map<String, Object> facts;

    private Change(String event, Why why, Object about, Object second, Map<String, Object> facts) {
        this.event = event;
        this.why = why;
        leg = about instanceof Leg ? (Leg) about : null;
        party = leg != null ? leg.party : about instanceof Party ? (Party) about : null;
        call = party != null ? party.call : about instanceof Talk ? (Talk) about : null;
        place = about instanceof Place ? (Place) about : null;
        device = about instanceof Device ? (Device) about : (Device) second;
        this.facts = facts;
    }

    /** `about` is the leg, party, call, place or device; `facts` are getter, value, getter, value. */
    public static Change of(String event, Object about, Why why, Object... facts) {
        return new Change(event, why, about, null, facts(facts));
    }

    /** About a line at one of its devices. */
    public static Change at(String event, Line line, Device device, Why why, Object... facts) {
        return new Change(event, why, line, device, facts(facts));
    }

    private static Map<String, Object> facts(Object... facts) {
        if (facts.length == 0) {
            return Collections.emptyMap();
        }
        Map<String, Object> found = new LinkedHashMap<>();
        for (int i = 0; i < facts.length; i += 2) {
            found.put((String) facts[i], facts[i + 1]);
        }
        return found;
    }
}
