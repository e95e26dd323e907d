package standin;

import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

import standin.core.Refusal;

/** Where every call of a JTAPI method comes in: it is noted, may have to wait, and may be made to fail. */
public final class Gate {
    private static final int MAX_FAILURES = 1000;
    private static final Set<String> NOTED = new ConcurrentSkipListSet<>();
    private static final Set<Method> SEEN = ConcurrentHashMap.newKeySet();
    private static final Map<String, Queue<Refusal>> FAILURES = new HashMap<>();
    private static boolean hangs;
    private static volatile boolean open = true;

    private Gate() {}

    /** A method of an event or of a value: noted only, so that what has been told can be read. */
    public static void note(Method method) {
        if (SEEN.add(method)) {
            NOTED.add(method.getDeclaringClass().getSimpleName() + "." + method.getName());
        }
    }

    public static void enter(Method method) {
        note(method);
        pass(method.getName());
    }

    public static void enter(String type, String method) {
        NOTED.add(type + "." + method);
        pass(method);
    }

    private static void pass(String method) {
        if (open) {
            return;
        }
        synchronized (FAILURES) {
            while (hangs) {
                try {
                    FAILURES.wait();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new Refusal("Platform", 0, 0, 0, "interrupted");
                }
            }
            Queue<Refusal> failures = FAILURES.get(method);
            if (failures != null) {
                Refusal failure = failures.remove();
                if (failures.isEmpty()) {
                    FAILURES.remove(method);
                }
                open = FAILURES.isEmpty();
                throw failure;
            }
        }
    }

    public static void hang(boolean on) {
        synchronized (FAILURES) {
            hangs = on;
            open = !on && FAILURES.isEmpty();
            FAILURES.notifyAll();
        }
    }

    /** The next call of the method fails so; failures of the same method come one after the other. */
    public static void fail(String method, Refusal failure) {
        synchronized (FAILURES) {
            Queue<Refusal> failures = FAILURES.computeIfAbsent(method, unused -> new ArrayDeque<>());
            if (failures.size() < MAX_FAILURES) {
                failures.add(failure);
            }
            open = false;
        }
    }

    public static void clear() {
        synchronized (FAILURES) {
            FAILURES.clear();
            open = !hangs;
        }
    }

    /** "Interface.method" of everything called so far, sorted. */
    public static List<String> noted() {
        return new ArrayList<>(NOTED);
    }
}
