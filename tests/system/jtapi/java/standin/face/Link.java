package standin.face;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.telephony.Provider;
import javax.telephony.events.AddrEv;
import javax.telephony.events.CallEv;
import javax.telephony.events.ProvEv;
import javax.telephony.events.TermEv;

import standin.Flavour;
import standin.core.Change;
import standin.core.Cluster;
import standin.core.Delivered;
import standin.core.Device;
import standin.core.Features;
import standin.core.Line;
import standin.core.Listener;
import standin.core.Refusal;
import standin.core.Talk;
import standin.core.Why;

/** A provider: its state, its domain, who observes it. Of the cluster it hears as a listener. */
public final class Link implements Listener {
    static final int IN_SERVICE = 16;
    static final int OUT_OF_SERVICE = 17;
    static final int SHUTDOWN = 18;
    private static final int OPENING = 5;
    private static final List<Link> ALL = new CopyOnWriteArrayList<>();
    private static boolean isUp = true;

    final Flavour flavour;
    final String name;
    final Faces faces = new Faces(this);
    final Observers observers = new Observers();
    final Telling telling = new Telling(this);
    /** By terminal: the filter that was set. */
    final Map<Device, Object> filters = new WeakHashMap<>();
    /** Devices outside the control list that the application has created. */
    final Set<Device> created = new HashSet<>();
    private final Set<Object> opened = new HashSet<>();
    private final Cluster cluster = Cluster.get();
    private volatile int state = OUT_OF_SERVICE;

    private Link(Flavour flavour, String name) {
        this.flavour = flavour;
        this.name = name;
    }

    /** A provider that comes into service after `delay` milliseconds. */
    static Provider open(Flavour flavour, String name, int delay) {
        Link link = new Link(flavour, name);
        ALL.add(link);
        link.cluster.listen(link);
        link.cluster.later(delay, link::comeIn);
        return (Provider) link.faces.provider();
    }

    int state() {
        return state;
    }

    void requireInService() {
        if (state != IN_SERVICE) {
            throw Refusal.state(Refusal.PROVIDER, state, "the provider is not in service");
        }
    }

    boolean isInDomain(Device device) {
        return device.controlled || created.contains(device);
    }

    boolean isInDomain(Line line) {
        for (Device device : line.devices) {
            if (isInDomain(device)) {
                return true;
            }
        }
        return false;
    }

    boolean isOpen(Object thing) {
        return state == IN_SERVICE && opened.contains(thing);
    }

    // -- observers -----------------------------------------------------------------------------------------

    /** The first observer of a device or a line opens it, which takes a moment. */
    void observe(Object thing, Object observer) {
        requireNotRestricted(thing);
        Ears ears = observers.add(thing, observer);
        if (ears != null && thing != this) {
            cluster.later(OPENING, () -> opened(thing, ears));
        }
    }

    void observeCalls(Object thing, Object observer) {
        requireNotRestricted(thing);
        Ears ears = observers.addForCalls(thing, observer);
        if (ears == null) {
            return;
        }
        if (thing instanceof Line) {
            ears.lines.add((Line) thing);
        } else if (thing instanceof Device) {
            ears.devices.add((Device) thing);
        } else {
            ears.calls.add((Talk) thing);
        }
        if (state == IN_SERVICE && thing instanceof Talk && ((Talk) thing).state == Talk.ACTIVE) {
            telling.announce(ears, (Talk) thing, Why.SNAPSHOT);
        } else if (state == IN_SERVICE) {
            telling.snapshot(ears, Telling.legs(thing));
        }
    }

    void ignore(Object thing, Object observer, String event, Class<?> family) {
        Ears ears = observers.remove(thing, observer);
        if (ears != null) {
            telling.tell(ears, family, Change.of(event, thing == this ? null : thing, Why.PLAIN));
            telling.cut();
            if (observers.of(thing).isEmpty()) {
                opened.remove(thing);
            }
            observers.closeUnused(ears);
        }
    }

    /** Calls that the observer hears of because of something else go on being heard. */
    void ignoreCalls(Object thing, Object observer) {
        Ears ears = observers.removeForCalls(thing, observer);
        if (ears == null) {
            return;
        }
        ears.lines.remove(thing);
        ears.devices.remove(thing);
        ears.calls.remove(thing);
        for (Talk call : new ArrayList<>(ears.known)) {
            if (!ears.sees(call)) {
                telling.end(ears, call, Why.PLAIN);
            }
        }
        telling.cut();
        observers.closeUnused(ears);
    }

    private void requireNotRestricted(Object thing) {
        boolean isRestricted = thing instanceof Device && ((Device) thing).restricted;
        if (thing instanceof Line) {
            isRestricted = true;
            for (Device device : ((Line) thing).devices) {
                isRestricted &= device.restricted;
            }
        }
        if (isRestricted) {
            int code = thing instanceof Device ? 0x8CCC00D2 : 0x8CCC00D3;
            throw new Refusal("Platform", 0, 0, code, thing + " is restricted: no observer can be added");
        }
    }

    private void opened(Object thing, Ears ears) {
        if (state == IN_SERVICE && observers.of(thing).contains(ears)) {
            opened.add(thing);
            tellInService(thing, ears);
            telling.cut();
        }
    }

    private void tellInService(Object thing, Ears ears) {
        if (thing instanceof Device && ((Device) thing).inService) {
            telling.tell(ears, TermEv.class, Features.inService((Device) thing));
        } else if (thing instanceof Line) {
            for (Device device : ((Line) thing).devices) {
                if (device.inService && isInDomain(device)) {
                    telling.tell(ears, AddrEv.class, Features.inService((Line) thing, device));
                }
            }
        }
    }

    // -- the life of the provider --------------------------------------------------------------------------

    /** All providers lose their CTIManager, or get it back. */
    public static void isUp(boolean up) {
        isUp = up;
        for (Link link : ALL) {
            if (up) {
                link.comeIn();
            } else {
                link.goOut();
            }
        }
    }

    public static void shutAll() {
        ALL.forEach(Link::shutdown);
    }

    /** Calls that a provider still has objects for. */
    public static int objects() {
        int count = 0;
        for (Link link : ALL) {
            count += link.faces.passing();
        }
        return count;
    }

    /** The right to observe any terminal was given or taken away. */
    public static void capabilityChanged() {
        for (Link link : ALL) {
            Change change = Change.of("CiscoProviderCapabilityChangedEv", null, Why.PLAIN,
                    "hasObserveAnyTerminalChanged", true);
            link.telling.tellAll(link.observers.of(link), ProvEv.class, change);
            link.telling.cut();
        }
    }

    /** Lines whose calls somebody hears. */
    public static List<Line> observedLines() {
        Set<Line> lines = new LinkedHashSet<>();
        for (Link link : ALL) {
            for (Ears ears : link.observers.all()) {
                lines.addAll(ears.lines);
            }
        }
        return new ArrayList<>(lines);
    }

    private void comeIn() {
        if (state != OUT_OF_SERVICE || !isUp) {
            return;
        }
        state = IN_SERVICE;
        tellProvider("ProvInServiceEv");
        for (Object thing : observers.observed(Object.class)) {
            opened.add(thing);
            for (Ears ears : observers.of(thing)) {
                tellInService(thing, ears);
            }
        }
        telling.cut();
        for (Talk call : cluster.calls.values()) {
            for (Ears ears : observers.all()) {
                if (ears.sees(call)) {
                    telling.announce(ears, call, Why.SNAPSHOT);
                    telling.cut();
                }
            }
        }
    }

    private void goOut() {
        if (state != IN_SERVICE) {
            return;
        }
        for (Ears ears : observers.all()) {
            boolean hearsCalls = !ears.lines.isEmpty() || !ears.devices.isEmpty();
            if (hearsCalls && ears.known.isEmpty()) {
                tellEnded(ears, faces.provider(), Why.CTIMANAGER_GONE);
            }
            for (Talk call : new ArrayList<>(ears.known)) {
                telling.end(ears, call, Why.CTIMANAGER_GONE);
            }
        }
        telling.cut();
        for (Line line : observers.observed(Line.class)) {
            tellOutOfService(line);
        }
        for (Device device : observers.observed(Device.class)) {
            tellOutOfService(device);
        }
        telling.cut();
        opened.clear();
        state = OUT_OF_SERVICE;
        tellProvider("ProvOutOfServiceEv");
    }

    private void tellOutOfService(Device device) {
        if (device.inService) {
            telling.tellAll(observers.of(device), TermEv.class,
                    Change.of("CiscoTermOutOfServiceEv", device, Why.CTIMANAGER_GONE));
        }
    }

    private void tellOutOfService(Line line) {
        for (Device device : line.devices) {
            if (device.inService) {
                telling.tellAll(observers.of(line), AddrEv.class,
                        Features.outOfService(line, device, Why.CTIMANAGER_GONE));
            }
        }
    }

    void shutdown() {
        if (state != SHUTDOWN) {
            state = SHUTDOWN;
            tellProvider("ProvShutdownEv");
            observers.closeAll();
            ALL.remove(this);
            cluster.leave(this);
        }
    }

    private void tellProvider(String event) {
        telling.tellAll(observers.of(this), ProvEv.class, Change.of(event, null, Why.PLAIN));
        telling.cut();
    }

    // -- what happens in the cluster -----------------------------------------------------------------------

    @Override
    public void happened(Change change) {
        if (state != IN_SERVICE) {
            if (change.event.equals("CallInvalidEv")) {
                faces.forget(change.call);
            }
            return;
        }
        telling.happened(change);
        if (change.event.equals("CiscoTermRemovedEv") && !created.contains(change.device)) {
            lose(change.device, "TermObservationEndedEv", TermEv.class);
        } else if (change.event.equals("CiscoAddrRemovedEv") && !isInDomain((Line) change.place)) {
            lose(change.place, "AddrObservationEndedEv", AddrEv.class);
        }
    }

    private void lose(Object thing, String event, Class<?> family) {
        telling.cut();
        for (Ears ears : new ArrayList<>(observers.of(thing))) {
            ignore(thing, ears.observer, event, family);
        }
        for (Ears ears : new ArrayList<>(observers.ofCalls(thing))) {
            tellEnded(ears, faces.fact(thing, Object.class), Why.PLAIN);
            ignoreCalls(thing, ears.observer);
        }
    }

    /** The calls of an object are not heard any more, whether there are any or not. */
    private void tellEnded(Ears ears, Object ended, Why why) {
        Change change = Change.of("CallObservationEndedEv", null, why, "getEndedObject", ended);
        telling.tell(ears, CallEv.class, change);
    }

    @Override
    public void cut() {
        telling.cut();
    }

    @Override
    public List<Delivered> finish() {
        return telling.finish();
    }
}
