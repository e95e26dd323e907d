package standin.face;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import standin.Gate;
import standin.core.Change;
import standin.core.Why;

/** An event as an observer gets it. */
final class Event implements InvocationHandler {
    private static final Map<Class<?>, Integer> IDS = new ConcurrentHashMap<>();

    private final Class<?> type;
    private final Why why;
    private final Object observed;
    private final boolean isNewMeta;
    private final Map<String, Object> values = new HashMap<>();
    private final Link link;
    private final Change change;

    private Event(Link link, Class<?> type, Change change, boolean isNewMeta) {
        this.link = link;
        this.type = type;
        this.change = change;
        this.why = change.why;
        this.isNewMeta = isNewMeta;
        Faces faces = link.faces;
        if (change.leg != null) {
            values.put("getTerminalConnection", faces.leg(change.leg));
        }
        if (change.party != null) {
            values.put("getConnection", faces.party(change.party));
        }
        if (change.call != null) {
            values.put("getCall", faces.call(change.call));
        } else {
            values.put("getAddress", change.place == null ? null : faces.place(change.place));
            values.put("getTerminal", change.device == null ? null : faces.device(change.device));
            values.put("getProvider", faces.provider());
        }
        observed = first("getCall", "getAddress", "getTerminal", "getProvider");
        for (Method getter : change.facts.isEmpty() ? new Method[0] : type.getMethods()) {
            if (change.facts.containsKey(getter.getName())) {
                Object fact = change.facts.get(getter.getName());
                values.put(getter.getName(), faces.fact(fact, getter.getReturnType()));
            }
        }
    }

    static Object of(Link link, Class<?> type, Change change, boolean isNewMeta) {
        Event event = new Event(link, type, change, isNewMeta);
        return Proxy.newProxyInstance(Event.class.getClassLoader(), link.flavour.faces(type), event);
    }

    private Object first(String... getters) {
        for (String getter : getters) {
            if (values.get(getter) != null) {
                return values.get(getter);
            }
        }
        return null;
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) {
        if (method.getDeclaringClass() == Object.class) {
            return Value.ofObject(self, method.getName(), arguments);
        }
        Gate.note(method);
        switch (method.getName()) {
            case "getID":
                return IDS.computeIfAbsent(type, Event::id);
            case "getCause":
                return why.cause;
            case "getMetaCode":
                return why.meta;
            case "isNewMetaEvent":
                return isNewMeta;
            case "getObserved":
                return observed;
            case "getCallControlCause":
                return why.control;
            case "getCiscoCause":
                return change.call == null ? 0 : why.cisco;
            case "getCiscoFeatureReason":
                return why.reason;
            default:
                return values.containsKey(method.getName()) ? values.get(method.getName()) : ofCall(method);
        }
    }

    private Object ofCall(Method method) {
        if (change.call != null) {
            switch (method.getName()) {
                case "getCallingAddress":
                    return link.faces.place(change.call.calling);
                case "getCalledAddress":
                    return link.faces.place(change.call.called);
                case "getLastRedirectedAddress":
                    return link.faces.place(change.call.redirected);
                case "getCallingTerminal":
                    return link.faces.device(change.call.callingDevice);
                default:
                    break;
            }
        }
        return Value.nothing(method.getReturnType());
    }

    private static int id(Class<?> type) {
        try {
            return type.getField("ID").getInt(null);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
