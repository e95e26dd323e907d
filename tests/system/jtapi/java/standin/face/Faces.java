package standin.face;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import javax.telephony.callcontrol.CallControlForwarding;

import standin.core.Device;
import standin.core.Leg;
import standin.core.Party;
import standin.core.Place;
import standin.core.Talk;

/** The objects of one provider: one for each thing of the cluster; those of a call until it is over. */
final class Faces {
    private final Link link;
    private final Map<Object, Object> lasting = new IdentityHashMap<>();
    private final Map<Talk, Map<Object, Object>> passing = new HashMap<>();
    private Object provider;

    Faces(Link link) {
        this.link = link;
    }

    synchronized Object provider() {
        if (provider == null) {
            provider = new ProviderFace(link).proxy();
        }
        return provider;
    }

    Object device(Device device) {
        return device == null ? null : lasting(device, key -> new TerminalFace(link, device).proxy());
    }

    Object place(Place place) {
        return place == null ? null : lasting(place, key -> new AddressFace(link, place).proxy());
    }

    Object call(Talk call) {
        return call == null ? null : passing(call, call, key -> new CallFace(link, call).proxy());
    }

    Object party(Party party) {
        return party == null
                ? null
                : passing(party.call, party, key -> new ConnectionFace(link, party).proxy());
    }

    Object leg(Leg leg) {
        return leg == null ? null : passing(leg.call(), leg, key -> new LegFace(link, leg).proxy());
    }

    synchronized int passing() {
        return passing.size();
    }

    /** The call is over. Its objects live on only where somebody has them. */
    synchronized void forget(Talk call) {
        passing.remove(call);
    }

    private synchronized Object lasting(Object key, Function<Object, Object> maker) {
        return lasting.computeIfAbsent(key, maker);
    }

    private synchronized Object passing(Talk call, Object key, Function<Object, Object> maker) {
        if (call.state == Talk.INVALID && !passing.containsKey(call)) {
            return maker.apply(key);
        }
        return passing.computeIfAbsent(call, unused -> new IdentityHashMap<>()).computeIfAbsent(key, maker);
    }

    // -- things of the cluster as a method's result --------------------------------------------------------

    /** What a getter of this type gives for a thing of the cluster, or for a list of them. */
    Object fact(Object thing, Class<?> type) {
        if (type == CallControlForwarding[].class) {
            return forwarding((String) thing);
        }
        if (type.isArray()) {
            return array((List<?>) thing, type.getComponentType());
        }
        return of(thing);
    }

    /** Null where there is none, as the library does. */
    Object array(List<?> things, Class<?> type) {
        if (things.isEmpty()) {
            return null;
        }
        List<Object> found = new ArrayList<>();
        for (Object thing : things) {
            found.add(of(thing));
        }
        Object result = Array.newInstance(type, found.size());
        for (int i = 0; i < found.size(); i++) {
            Array.set(result, i, found.get(i));
        }
        return result;
    }

    static CallControlForwarding[] forwarding(String number) {
        if (number.isEmpty()) {
            return null;
        }
        int type = CallControlForwarding.FORWARD_UNCONDITIONALLY;
        return new CallControlForwarding[] {new CallControlForwarding(number, type)};
    }

    private Object of(Object thing) {
        if (thing instanceof Device) {
            return device((Device) thing);
        }
        if (thing instanceof Place) {
            return place((Place) thing);
        }
        if (thing instanceof Talk) {
            return call((Talk) thing);
        }
        if (thing instanceof Party) {
            return party((Party) thing);
        }
        return thing instanceof Leg ? leg((Leg) thing) : thing;
    }
}
