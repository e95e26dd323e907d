package standin.face;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import standin.Gate;
import standin.core.Cluster;
import standin.core.Refusal;

/**
 * An object of the library: a proxy with the flavour's interfaces, before something of the cluster. A method
 * of an interface is the public method here with the same name and as many parameters; what has none is not
 * supported.
 */
abstract class Face implements InvocationHandler {
    private static final Map<Class<?>, Map<Method, Optional<Method>>> FOUND = new ConcurrentHashMap<>();

    final Link link;
    final Cluster cluster = Cluster.get();
    final Object key;
    private final Object proxy;

    Face(Link link, String kind, Object key) {
        this.link = link;
        this.key = key;
        proxy = Proxy.newProxyInstance(Face.class.getClassLoader(), link.flavour.faces(kind), this);
    }

    final Object proxy() {
        return proxy;
    }

    /** What is behind an argument; null and foreign objects are refused. */
    static <T extends Face> T behind(Object argument, Class<T> type) {
        if (argument != null && Proxy.isProxyClass(argument.getClass())) {
            Object handler = Proxy.getInvocationHandler(argument);
            if (type.isInstance(handler)) {
                return type.cast(handler);
            }
        }
        throw Refusal.argument("not an object of this provider: " + type.getSimpleName());
    }

    @Override
    public final Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(method, arguments);
        }
        try {
            Gate.enter(method);
            Optional<Method> found = FOUND.computeIfAbsent(getClass(), unused -> new ConcurrentHashMap<>())
                    .computeIfAbsent(method, this::find);
            if (!found.isPresent()) {
                String text = method.getName() + " is not supported";
                throw new Refusal("MethodNotSupported", 0, 0, 0x8CCC0099, text);
            }
            return found.get().invoke(this, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() instanceof Refusal
                    ? declared((Refusal) thrown.getCause(), method)
                    : thrown.getCause();
        } catch (Refusal refusal) {
            throw declared(refusal, method);
        }
    }

    private Object ofObject(Method method, Object[] arguments) {
        switch (method.getName()) {
            case "equals":
                return isSame(arguments[0]);
            case "hashCode":
                return System.identityHashCode(key);
            default:
                return getClass().getSimpleName().replace("Face", "") + " " + key;
        }
    }

    private boolean isSame(Object other) {
        if (other == null || !Proxy.isProxyClass(other.getClass())) {
            return false;
        }
        Object handler = Proxy.getInvocationHandler(other);
        return handler instanceof Face && ((Face) handler).key == key && ((Face) handler).link == link;
    }

    /** A checked exception that the method does not declare cannot come out of it. */
    private Exception declared(Refusal refusal, Method method) {
        Exception exception = link.flavour.exception(refusal, proxy);
        if (exception instanceof RuntimeException) {
            return exception;
        }
        for (Class<?> type : method.getExceptionTypes()) {
            if (type.isInstance(exception)) {
                return exception;
            }
        }
        Refusal other = new Refusal("Platform", 0, 0, refusal.code, refusal.getMessage());
        return link.flavour.exception(other, proxy);
    }

    private Optional<Method> find(Method wanted) {
        for (Method method : getClass().getMethods()) {
            if (method.getName().equals(wanted.getName()) && fits(method, wanted)) {
                method.setAccessible(true);
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    private static boolean fits(Method method, Method wanted) {
        Class<?>[] have = method.getParameterTypes();
        Class<?>[] asked = wanted.getParameterTypes();
        if (have.length != asked.length) {
            return false;
        }
        for (int i = 0; i < have.length; i++) {
            if (!have[i].isAssignableFrom(asked[i])) {
                return false;
            }
        }
        return true;
    }
}
