package standin.face;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import standin.Flavour;
import standin.Gate;

/**
 * An object that is nothing but values: a call's identifier, a party's names, a filter, the properties. What
 * is set can be got; what was not set is null, 0 or false.
 */
final class Value implements InvocationHandler {
    private final Map<String, Object> values = new ConcurrentHashMap<>();

    private Value() {}

    /** `facts` are name of the getter, value, name, value. */
    static Object of(Flavour flavour, String kind, Object... facts) {
        Value value = new Value();
        for (int i = 0; i < facts.length; i += 2) {
            if (facts[i + 1] != null) {
                value.values.put((String) facts[i], facts[i + 1]);
            }
        }
        return Proxy.newProxyInstance(Value.class.getClassLoader(), flavour.faces(kind), value);
    }

    /** Whether something was set in a value, by the name of its setter without "set". */
    static boolean isSet(Object proxy, String name) {
        if (proxy == null) {
            return false;
        }
        Value value = (Value) Proxy.getInvocationHandler(proxy);
        return Boolean.TRUE.equals(value.values.get("get" + name));
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) {
        String name = method.getName();
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(self, name, arguments);
        }
        Gate.note(method);
        int count = arguments == null ? 0 : arguments.length;
        if (name.startsWith("set") && count == 1 && arguments[0] != null) {
            values.put("get" + name.substring(3), arguments[0]);
        }
        Object found = values.get(name);
        return found != null ? found : nothing(method.getReturnType());
    }

    static Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == char.class) {
            return '\0';
        }
        return type == int.class ? (Object) 0 : null;
    }

    static Object ofObject(Object self, String name, Object[] arguments) {
        switch (name) {
            case "equals":
                return self == arguments[0];
            case "hashCode":
                return System.identityHashCode(self);
            default:
                return self.getClass().getInterfaces()[0].getSimpleName();
        }
    }
}
