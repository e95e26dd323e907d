package standin.face;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.telephony.AddressObserver;
import javax.telephony.CallObserver;
import javax.telephony.ProviderObserver;
import javax.telephony.TerminalObserver;
import javax.telephony.events.AddrEv;
import javax.telephony.events.CallEv;
import javax.telephony.events.ProvEv;
import javax.telephony.events.TermEv;

import standin.core.Delivered;
import standin.core.Device;
import standin.core.Leg;
import standin.core.Line;
import standin.core.Party;
import standin.core.Talk;

/**
 * One observer object, wherever it was added: its queue, its thread, and what it hears calls of. Apart from
 * the queue everything here is touched under the cluster's lock only.
 */
final class Ears {
    private static final int MAX_WAITING = 1_000_000;

    final Object observer;
    final Set<Line> lines = new HashSet<>();
    final Set<Device> devices = new HashSet<>();
    final Set<Talk> calls = new HashSet<>();
    /** Calls that the observer has been told of and that are not over for it. */
    final Set<Talk> known = new LinkedHashSet<>();
    int uses;

    private final BlockingQueue<Batch> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private final List<Object> pending = new ArrayList<>();
    private Class<?> pendingType;
    private int lastMeta;

    Ears(Object observer, int number) {
        this.observer = observer;
        thread = new Thread(this::work, "standin-observer-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    boolean sees(Talk call) {
        if (calls.contains(call)) {
            return true;
        }
        for (Party party : call.parties) {
            if (lines.contains(party.place)) {
                return true;
            }
            for (Leg leg : party.legs) {
                if (devices.contains(leg.device)) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean sees(Leg leg) {
        return lines.contains(leg.party.place) || devices.contains(leg.device) || calls.contains(leg.call());
    }

    // -- handing over --------------------------------------------------------------------------------------

    /** Whether an event with this meta code begins a new change. */
    boolean begins(Class<?> type, int meta) {
        return pending.isEmpty() || pendingType != type || lastMeta != meta;
    }

    /** `type` is the family of the event: ProvEv, TermEv, AddrEv or CallEv. */
    void add(Class<?> type, Object event, int meta, List<Delivered> deliveries) {
        if (type != pendingType) {
            flush(deliveries);
            pendingType = type;
        }
        pending.add(event);
        lastMeta = meta;
    }

    /** What has been added is one array. */
    void flush(List<Delivered> deliveries) {
        if (pending.isEmpty()) {
            return;
        }
        Object events = Array.newInstance(pendingType, pending.size());
        for (int i = 0; i < pending.size(); i++) {
            Array.set(events, i, pending.get(i));
        }
        pending.clear();
        Batch batch = new Batch(events, thread);
        if (!queue.offer(batch)) {
            throw new IllegalStateException("an observer does not take its events: the queue is full");
        }
        deliveries.add(batch);
    }

    /** Nothing is heard after what is waiting now. */
    void close() {
        if (!queue.offer(new Batch(null, thread))) {
            thread.interrupt();
        }
    }

    private void work() {
        try {
            for (Batch batch = queue.take(); batch.events != null; batch = queue.take()) {
                batch.taken.countDown();
                try {
                    call(batch.events);
                } catch (Throwable thrown) {
                    System.err.println("standin: an observer has thrown " + thrown);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(Object events) {
        if (events instanceof CallEv[]) {
            ((CallObserver) observer).callChangedEvent((CallEv[]) events);
        } else if (events instanceof AddrEv[]) {
            ((AddressObserver) observer).addressChangedEvent((AddrEv[]) events);
        } else if (events instanceof TermEv[]) {
            ((TerminalObserver) observer).terminalChangedEvent((TermEv[]) events);
        } else {
            ((ProviderObserver) observer).providerChangedEvent((ProvEv[]) events);
        }
    }

    /** Handed over once the observer's thread has taken it; that thread itself does not wait for it. */
    private static final class Batch implements Delivered {
        final Object events;
        final CountDownLatch taken = new CountDownLatch(1);
        private final Thread thread;

        Batch(Object events, Thread thread) {
            this.events = events;
            this.thread = thread;
        }

        @Override
        public boolean before(long deadline) throws InterruptedException {
            return Thread.currentThread() == thread
                    || taken.await(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }
}
