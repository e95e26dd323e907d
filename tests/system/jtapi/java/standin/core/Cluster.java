package standin.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The telephone cluster: its phones, lines and calls. Whatever happens is an operation under one lock, and is
 * told to the listeners before the lock is given back, so everybody hears everything in the same order.
 */
public final class Cluster {
    private static final Cluster ONE = new Cluster(Integer.getInteger("standin.lines", 0));
    private static final int MAX_NUMBERS = 10_000;

    public final Map<String, Device> devices = new LinkedHashMap<>();
    public final Map<Integer, Talk> calls = new LinkedHashMap<>();
    public final CallControl control = new CallControl(this);
    public final Dialling dialling = new Dialling(this);
    public final Merging merging = new Merging(this);
    public final Diverting diverting = new Diverting(this);
    public final Features features = new Features(this);
    public boolean isSuperProvider;

    private final Map<String, List<Line>> lines = new LinkedHashMap<>();
    private final Map<String, Place> outside = new LinkedHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock(true);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Cluster::daemon);
    private int lastCall = 100_000;

    private Cluster(int more) {
        for (int number = 1001; number <= 1020; number++) {
            phone(String.valueOf(number));
        }
        devices.get("SEP000000001020").controlled = false;
        Line shared = line("1100", "", device("SEP000000001100"));
        put(shared, device("SEP00000000110C"));
        line("1200", "staff", device("SEP000000001200"));
        line("1200", "lab", device("SEP00000000120B"));
        line("1300", "", device("SEP000000001300"));
        line("1301", "", device("SEP000000001300"));
        for (int i = 0; i < more; i++) {
            phone(String.valueOf(2_000_000 + i));
        }
    }

    public static Cluster get() {
        return ONE;
    }

    // -- what there is -------------------------------------------------------------------------------------

    public Collection<List<Line>> lines() {
        return lines.values();
    }

    /** The lines of a number, by partition; empty where there is none. */
    public List<Line> lines(String number) {
        List<Line> found = lines.get(number);
        return found == null ? new ArrayList<>() : found;
    }

    /** A number, ours or not; the same object for the same number. */
    public Place place(String number) {
        List<Line> ours = lines(number);
        if (!ours.isEmpty()) {
            return ours.get(0);
        }
        Place known = outside.get(number);
        if (known == null) {
            known = new Place(number, "");
            if (outside.size() < MAX_NUMBERS) {
                outside.put(number, known);
            }
        }
        return known;
    }

    private void phone(String number) {
        StringBuilder name = new StringBuilder("000000000000");
        name.replace(12 - number.length(), 12, number);
        line(number, "", device("SEP" + name));
    }

    private Device device(String name) {
        return devices.computeIfAbsent(name, Device::new);
    }

    private Line line(String number, String partition, Device device) {
        Line line = new Line(number, partition);
        lines.computeIfAbsent(number, unused -> new ArrayList<>()).add(line);
        put(line, device);
        return line;
    }

    private static void put(Line line, Device device) {
        line.devices.add(device);
        device.lines.add(line);
    }

    /** A call that has not begun; nobody knows it but who asked for it. */
    public Talk newCall() {
        return act(() -> new Talk(++lastCall), false);
    }

    // -- operations ----------------------------------------------------------------------------------------

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public void leave(Listener listener) {
        listeners.remove(listener);
    }

    /** Do it; back when its events have reached their observers. Refusals are thrown before anything is. */
    public <T> T act(Supplier<T> operation) {
        return act(operation, true);
    }

    public void run(Runnable operation) {
        act(() -> {
            operation.run();
            return null;
        }, false);
    }

    /** Do it some time later, on a thread of the cluster's own. */
    public void later(long milliseconds, Runnable operation) {
        timer.schedule(() -> run(operation), milliseconds, TimeUnit.MILLISECONDS);
    }

    public <T> T act(Supplier<T> operation, boolean waits) {
        List<Delivered> deliveries = new ArrayList<>();
        T result;
        lock.lock();
        try {
            result = operation.get();
        } finally {
            if (lock.getHoldCount() == 1) {
                for (Listener listener : listeners) {
                    deliveries.addAll(listener.finish());
                }
            }
            lock.unlock();
        }
        if (waits && !lock.isHeldByCurrentThread()) {
            await(deliveries);
        }
        return result;
    }

    private static void await(List<Delivered> deliveries) {
        long deadline = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(Integer.getInteger("standin.postcondition", 5000));
        try {
            for (Delivered one : deliveries) {
                if (!one.before(deadline)) {
                    throw new Refusal("Platform", 0, 0, 0, "Could not meet post conditions of the method");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // -- telling -------------------------------------------------------------------------------------------

    public void tell(Change change) {
        for (Listener listener : listeners) {
            listener.happened(change);
        }
    }

    void tell(String event, Object about, Why why, Object... facts) {
        tell(Change.of(event, about, why, facts));
    }

    public void cut() {
        for (Listener listener : listeners) {
            listener.cut();
        }
    }

    void state(Party party, int state, Why why, Object... facts) {
        int before = party.state;
        party.state = state;
        for (String name : Names.ofParty(before, state)) {
            tell(name, party, why, facts);
        }
    }

    void state(Leg leg, int state, Why why) {
        int before = leg.state;
        leg.state = state;
        for (String name : Names.ofLeg(before, state)) {
            tell(name, leg, why);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "standin-timer");
        thread.setDaemon(true);
        return thread;
    }
}
