package standin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.telephony.Address;
import javax.telephony.AddressObserver;
import javax.telephony.Call;
import javax.telephony.InvalidStateException;
import javax.telephony.JtapiPeerFactory;
import javax.telephony.Provider;
import javax.telephony.ProviderObserver;
import javax.telephony.Terminal;
import javax.telephony.TerminalConnection;
import javax.telephony.TerminalObserver;
import javax.telephony.callcontrol.CallControlAddress;
import javax.telephony.callcontrol.CallControlAddressObserver;
import javax.telephony.callcontrol.CallControlCall;
import javax.telephony.callcontrol.CallControlCallObserver;
import javax.telephony.callcontrol.CallControlConnection;
import javax.telephony.callcontrol.CallControlForwarding;
import javax.telephony.callcontrol.CallControlTerminalConnection;
import javax.telephony.callcontrol.events.CallCtlEv;
import javax.telephony.events.AddrEv;
import javax.telephony.events.CallEv;
import javax.telephony.events.ConnEv;
import javax.telephony.events.Ev;
import javax.telephony.events.ProvEv;
import javax.telephony.events.TermConnEv;
import javax.telephony.events.TermEv;
import javax.telephony.media.MediaTerminalConnection;

/**
 * A program that uses the library as a stranger would: it does what the lines of its input say, and prints
 * what it was told meanwhile, an array of events to a line. Each line is answered by a last one: "." or "!"
 * with the exception.
 */
public final class Script
        implements ProviderObserver, TerminalObserver, CallControlAddressObserver, AddressObserver,
                CallControlCallObserver {
    private static final int PATIENCE = 10;

    private final List<String> told = new ArrayList<>();
    private final BlockingQueue<String> barrier = new LinkedBlockingQueue<>();
    private final Provider provider;
    private int heard;
    private volatile boolean tellsCauses;
    private volatile CountDownLatch callback = new CountDownLatch(0);

    private Script(Provider provider) {
        this.provider = provider;
    }

    /** The name of the peer's class, or none for the default one. */
    public static void main(String[] words) throws Exception {
        String peer = words.length == 0 ? null : words[0];
        String login = System.getProperty("script.login", "127.0.0.1;login=u;passwd=p");
        Script script;
        try {
            script = new Script(JtapiPeerFactory.getJtapiPeer(peer).getProvider(login));
        } catch (RuntimeException failure) {
            System.out.println("! " + failure);
            return;
        }
        script.provider.addObserver(script);
        script.run();
    }

    private void run() throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String end = ".";
            try {
                act(Arrays.asList(line.split(" ")));
            } catch (InvalidStateException wrong) {
                String name = wrong.getClass().getName();
                end = "! " + name + " " + wrong.getObjectType() + " " + wrong.getState();
            } catch (Exception failure) {
                end = "! " + failure.getClass().getName() + ": " + failure.getMessage();
            }
            flush();
            System.out.println(end);
        }
    }

    private void act(List<String> words) throws Exception {
        synchronized (told) {
            heard = words.get(0).equals("await") ? heard : 0;
        }
        String device = words.size() > 1 ? words.get(1) : "";
        String number = words.size() > 2 ? words.get(2) : "";
        switch (words.get(0)) {
            case "wait":
                if (provider.getState() != Provider.IN_SERVICE) {
                    passes("ProvInService");
                }
                break;
            case "listen":
                break;
            case "stuck":
                stuck(there(leg(device, 98)));
                break;
            case "causes":
                tellsCauses = true;
                break;
            case "observe":
                address(device).addCallObserver(this);
                break;
            case "watch":
                address(device).addObserver(this);
                address(device).getTerminals()[0].addObserver(this);
                break;
            case "await":
                await(Integer.parseInt(device));
                break;
            case "ignore":
                address(device).removeCallObserver(this);
                break;
            case "connect":
                Terminal terminal = provider.getTerminal(device);
                provider.createCall().connect(terminal, terminal.getAddresses()[0], number);
                break;
            case "consult":
                ((CallControlCall) provider.createCall()).consult(leg(device, 98), number);
                break;
            case "answer":
                there(leg(device, 97)).answer();
                break;
            case "unhold":
                there(leg(device, 99, 100, 98)).unhold();
                break;
            case "forward":
                CallControlForwarding all = new CallControlForwarding(number);
                ((CallControlAddress) address(device)).setForwarding(new CallControlForwarding[] {all});
                break;
            case "terminal":
                manufacturers(provider.getTerminal(device), number, words.subList(3, words.size()));
                break;
            case "filter":
                filter(provider.getTerminal(device));
                break;
            case "create":
                manufacturers(provider, "createTerminal", words.subList(1, 2));
                break;
            case "state":
                Call[] calls = provider.getCalls();
                note(provider.getState() + " " + (calls == null ? 0 : calls.length));
                break;
            default:
                withLeg(words.get(0), leg(device, 98), number, device);
        }
    }

    private void withLeg(String what, CallControlTerminalConnection talking, String number, String device)
            throws Exception {
        CallControlTerminalConnection any = there(talking != null ? talking : leg(device, 99, 97));
        CallControlConnection connection = (CallControlConnection) any.getConnection();
        CallControlCall call = (CallControlCall) connection.getCall();
        switch (what) {
            case "hold":
                any.hold();
                break;
            case "disconnect":
                connection.disconnect();
                break;
            case "drop":
                call.drop();
                break;
            case "transfer":
                held(device).setTransferController(leg(device, 99));
                held(device).transfer(call);
                break;
            case "transferTo":
                call.transfer(number);
                break;
            case "conference":
                held(device).setConferenceController(leg(device, 99));
                held(device).conference(call);
                break;
            case "redirect":
                connection.redirect(number);
                break;
            case "park":
                connection.park(number);
                break;
            case "tones":
                ((MediaTerminalConnection) any).generateDtmf(number);
                break;
            default:
                throw new IllegalArgumentException(what);
        }
    }

    /** A number stands for an address where one is due. */
    private Object argument(Class<?> type, String word) throws Exception {
        if (type == boolean.class) {
            return Boolean.valueOf(word);
        }
        return type == Address.class ? address(word) : word;
    }

    /** A method that only the manufacturer's objects have. */
    private void manufacturers(Object object, String name, List<String> words) throws Exception {
        Method method = method(object, name, words.size());
        Object[] arguments = new Object[words.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = argument(method.getParameterTypes()[i], words.get(i));
        }
        invoke(object, method, arguments);
    }

    private static Method method(Object object, String name, int parameters) throws NoSuchMethodException {
        for (Method method : object.getClass().getInterfaces()[0].getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                return method;
            }
        }
        throw new NoSuchMethodException(name);
    }

    private static Object invoke(Object object, Method method, Object... arguments) throws Exception {
        try {
            return method.invoke(object, arguments);
        } catch (InvocationTargetException thrown) {
            throw (Exception) thrown.getCause();
        }
    }

    private static void filter(Terminal terminal) throws Exception {
        Object filter = invoke(terminal, method(terminal, "getFilter", 0));
        invoke(filter, method(filter, "setDNDChangedEvFilter", 1), true);
        invoke(terminal, method(terminal, "setFilter", 1), filter);
    }

    /** Hold and take back while the callback that is told of the first does not return. */
    private void stuck(CallControlTerminalConnection leg) throws Exception {
        callback = new CountDownLatch(1);
        try {
            leg.hold();
            leg.unhold();
        } finally {
            callback.countDown();
        }
    }

    private static CallControlTerminalConnection there(CallControlTerminalConnection leg) {
        if (leg == null) {
            throw new IllegalArgumentException("no call is there for this");
        }
        return leg;
    }

    private Address address(String number) throws Exception {
        return provider.getAddress(number);
    }

    private CallControlCall held(String device) throws Exception {
        Call call = leg(device, 99).getConnection().getCall();
        return (CallControlCall) call;
    }

    private CallControlTerminalConnection leg(String device, int... states) throws Exception {
        TerminalConnection[] legs = provider.getTerminal(device).getTerminalConnections();
        for (TerminalConnection one : legs == null ? new TerminalConnection[0] : legs) {
            CallControlTerminalConnection leg = (CallControlTerminalConnection) one;
            for (int state : states) {
                if (leg.getCallControlState() == state) {
                    return leg;
                }
            }
        }
        return null;
    }

    // -- what it is told -----------------------------------------------------------------------------------

    /** The same observer has one queue: what was sent before the end of an observation has come before it. */
    private void flush() throws InterruptedException {
        if (provider.getState() == Provider.SHUTDOWN) {
            return;
        }
        provider.removeObserver(this);
        passes("ProvObservationEnded");
        synchronized (told) {
            told.forEach(System.out::println);
            told.clear();
        }
        try {
            provider.addObserver(this);
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void passes(String wanted) throws InterruptedException {
        String name = barrier.take();
        while (!name.equals(wanted)) {
            name = barrier.take();
        }
    }

    private void note(String line) {
        synchronized (told) {
            told.add(line);
            heard++;
            told.notifyAll();
        }
    }

    /** So many arrays have to come since the last command began, or since they were awaited last. */
    private void await(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        synchronized (told) {
            while (heard < count && System.nanoTime() < deadline) {
                told.wait(1000);
            }
            heard = 0;
        }
    }

    private void note(Ev[] events) {
        StringBuilder line = new StringBuilder();
        for (Ev event : events) {
            line.append(line.length() == 0 ? "" : ", ").append(name(event));
        }
        note(line.toString());
    }

    private String name(Ev event) {
        String name = event.getClass().getInterfaces()[0].getSimpleName().replaceFirst("Ev$", "");
        if (event instanceof ConnEv) {
            name += " " + ((ConnEv) event).getConnection().getAddress().getName();
        } else if (event instanceof TermConnEv) {
            name += " " + ((TermConnEv) event).getTerminalConnection().getTerminal().getName();
        }
        if (tellsCauses && event instanceof CallCtlEv) {
            name += " " + ((CallCtlEv) event).getCallControlCause() + ciscoCause(event);
        }
        return event.getMetaCode() == Ev.META_SNAPSHOT ? "(" + name + ")" : name;
    }

    /** "" where the event is none of the manufacturer's. */
    private static String ciscoCause(Ev event) {
        for (Class<?> type : event.getClass().getInterfaces()) {
            try {
                Method reason = type.getMethod("getCiscoFeatureReason");
                return "/" + type.getMethod("getCiscoCause").invoke(event) + "/" + reason.invoke(event);
            } catch (ReflectiveOperationException missing) {
                continue;
            }
        }
        return "";
    }

    @Override
    public void providerChangedEvent(ProvEv[] events) {
        String name = name(events[0]);
        if (name.equals("ProvObservationEnded") || name.equals("ProvInService")) {
            barrier.add(name);
        } else {
            note(events);
        }
    }

    @Override
    public void terminalChangedEvent(TermEv[] events) {
        note(events);
    }

    @Override
    public void addressChangedEvent(AddrEv[] events) {
        note(events);
    }

    @Override
    public void callChangedEvent(CallEv[] events) {
        note(events);
        try {
            callback.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
