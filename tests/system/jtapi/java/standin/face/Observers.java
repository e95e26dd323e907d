package standin.face;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who observes what, at one provider. Touched under the cluster's lock only. */
final class Observers {
    private final Map<Object, Ears> all = new LinkedHashMap<>();
    private final Map<Object, List<Ears>> byObject = new IdentityHashMap<>();
    private final Map<Object, List<Ears>> callsByObject = new IdentityHashMap<>();
    private int count;

    Collection<Ears> all() {
        return all.values();
    }

    /** Observers of the provider, of a terminal or an address itself. */
    List<Ears> of(Object thing) {
        return byObject.getOrDefault(thing, Collections.emptyList());
    }

    /** Observers of the calls of a terminal, an address, or of a call. */
    List<Ears> ofCalls(Object thing) {
        return callsByObject.getOrDefault(thing, Collections.emptyList());
    }

    /** What is observed itself, of one kind. */
    <T> List<T> observed(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Object thing : byObject.keySet()) {
            if (kind.isInstance(thing)) {
                found.add(kind.cast(thing));
            }
        }
        return found;
    }

    /** Null where the observer is there already. */
    Ears add(Object thing, Object observer) {
        return add(byObject, thing, observer);
    }

    Ears addForCalls(Object thing, Object observer) {
        return add(callsByObject, thing, observer);
    }

    /** The ears that were taken away, null where there were none. */
    Ears remove(Object thing, Object observer) {
        return remove(byObject, thing, observer);
    }

    Ears removeForCalls(Object thing, Object observer) {
        return remove(callsByObject, thing, observer);
    }

    /** Once the ears are used nowhere, their thread ends. */
    void closeUnused(Ears ears) {
        if (ears.uses == 0 && all.remove(ears.observer) != null) {
            ears.close();
        }
    }

    void closeAll() {
        for (Ears ears : all.values()) {
            ears.close();
        }
        all.clear();
        byObject.clear();
        callsByObject.clear();
    }

    private Ears add(Map<Object, List<Ears>> where, Object thing, Object observer) {
        Ears ears = all.get(observer);
        if (ears == null) {
            ears = new Ears(observer, ++count);
            all.put(observer, ears);
        }
        List<Ears> there = where.computeIfAbsent(thing, unused -> new ArrayList<>(1));
        if (there.contains(ears)) {
            return null;
        }
        there.add(ears);
        ears.uses++;
        return ears;
    }

    private Ears remove(Map<Object, List<Ears>> where, Object thing, Object observer) {
        Ears ears = all.get(observer);
        List<Ears> there = where.get(thing);
        if (ears == null || there == null || !there.remove(ears)) {
            return null;
        }
        if (there.isEmpty()) {
            where.remove(thing);
        }
        ears.uses--;
        return ears;
    }
}
