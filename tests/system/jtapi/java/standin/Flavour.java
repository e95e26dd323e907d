package standin;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import standin.core.Refusal;

/** Which interfaces the objects have: those of javax.telephony only, or the manufacturer's as well. */
public abstract class Flavour {
    private static final String[] PACKAGES = {
        "javax.telephony.events.", "javax.telephony.callcontrol.events.", "javax.telephony.media.events.",
    };

    private final Map<String, Optional<Class<?>>> events = new ConcurrentHashMap<>();

    /** The interfaces of the objects of a kind: Provider, Terminal, Address, Call, Connection, ... */
    public abstract Class<?>[] faces(String kind);

    public abstract Class<?>[] faces(Class<?> event);

    /** The exception as the library has it. `source` is the object whose method it was. */
    public abstract Exception exception(Refusal refusal, Object source);

    /** A package with events of its own, or null. */
    protected abstract String more();

    /** The interface of an event, null where this flavour has none of the name. */
    public final Class<?> event(String name) {
        return events.computeIfAbsent(name, this::find).orElse(null);
    }

    private Optional<Class<?>> find(String name) {
        for (String start : PACKAGES) {
            Class<?> found = named(start + name);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return more() == null ? Optional.empty() : Optional.ofNullable(named(more() + name));
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException missing) {
            return null;
        }
    }
}
