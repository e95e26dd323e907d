package standin.control;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

import standin.Gate;
import standin.core.Cluster;
import standin.core.Device;
import standin.core.Features;
import standin.core.Line;
import standin.core.Refusal;
import standin.core.Why;
import standin.face.Link;
import standin.face.Opening;

/** What can be commanded: each command is given its words and says what is answered. */
final class Commands {
    private static final Map<String, BiFunction<List<String>, String, String>> ALL = new HashMap<>();
    private static final Cluster CLUSTER = Cluster.get();
    private static final Features SET = CLUSTER.features;

    static {
        ALL.put("state", (words, rest) -> CLUSTER.act(State::json, false));
        ALL.put("calls", (words, rest) -> String.join(" ", Gate.noted()));
        ALL.put("host", (words, rest) -> Opening.host());
        ALL.put("objects", (words, rest) -> String.valueOf(Link.objects()));
        ALL.put("provider", (words, rest) -> provider(words.get(0)));
        ALL.put("super", (words, rest) -> superProvider(isOn(words.get(0))));
        ALL.put("device", (words, rest) -> device(phone(words), words.get(1)));
        ALL.put("fail", (words, rest) -> fail(words));
        ALL.put("open", (words, rest) -> done(() -> Opening.fault(rest)));
        ALL.put("hang", (words, rest) -> done(() -> Gate.hang(isOn(words.get(0)))));
        ALL.put("storm", (words, rest) -> Phones.storm(Integer.parseInt(words.get(0)), words.contains("all")));
        ALL.put("reset", (words, rest) -> reset());
        ALL.put("exit", (words, rest) -> exit());
        ALL.put("dial", (words, rest) -> act(() -> Phones.dial(phone(words), after(words))));
        ALL.put("answer", (words, rest) -> act(() -> Phones.answer(phone(words))));
        ALL.put("hangup", (words, rest) -> act(() -> Phones.hangUp(phone(words))));
        ALL.put("hold", (words, rest) -> act(() -> Phones.hold(phone(words))));
        ALL.put("resume", (words, rest) -> act(() -> Phones.resume(phone(words))));
        ALL.put("transfer", (words, rest) -> act(() -> Phones.transfer(phone(words))));
        ALL.put("conference", (words, rest) -> act(() -> Phones.conference(phone(words))));
        ALL.put("forward", (words, rest) -> act(() -> SET.setForward(line(words), number(words.get(1)))));
        ALL.put("dnd", (words, rest) -> act(() -> SET.setDoNotDisturb(phone(words), isOn(words.get(1)))));
        ALL.put("privacy", (words, rest) -> act(() -> phone(words).isPrivate = isOn(words.get(1))));
        ALL.put("mwi", (words, rest) -> act(() -> SET.messageWaiting(line(words), isOn(words.get(1)))));
        ALL.put("message-waiting", ALL.get("mwi"));
    }

    private Commands() {}

    static String run(String command) {
        String[] parts = command.split("\\s+", 2);
        BiFunction<List<String>, String, String> known = ALL.get(parts[0]);
        if (known == null) {
            throw new IllegalArgumentException("no command " + parts[0]);
        }
        String rest = parts.length > 1 ? parts[1] : "";
        try {
            return known.apply(rest.isEmpty() ? Arrays.asList() : Arrays.asList(rest.split("\\s+")), rest);
        } catch (IndexOutOfBoundsException missing) {
            throw new IllegalArgumentException("more words are needed: " + command, missing);
        }
    }

    private static String act(Runnable operation) {
        return done(() -> CLUSTER.run(operation));
    }

    private static String done(Runnable operation) {
        operation.run();
        return "";
    }

    private static Device phone(List<String> words) {
        Device device = CLUSTER.devices.get(words.get(0));
        if (device == null) {
            throw new IllegalArgumentException("no device " + words.get(0));
        }
        return device;
    }

    private static List<String> after(List<String> words) {
        return words.subList(1, words.size());
    }

    private static Line line(List<String> words) {
        return phone(words).lines.get(0);
    }

    private static boolean isOn(String word) {
        return word.equals("on") || word.equals("true");
    }

    /** `now` is a number that says when it was set. */
    private static String number(String word) {
        if (word.equals("now")) {
            return String.valueOf(System.nanoTime());
        }
        return word.equals("off") ? "" : word;
    }

    private static String provider(String what) {
        switch (what) {
            case "out":
            case "in":
                return act(() -> Link.isUp(what.equals("in")));
            case "shutdown":
                return act(Link::shutAll);
            default:
                throw new IllegalArgumentException("provider " + what);
        }
    }

    private static String superProvider(boolean on) {
        return act(() -> {
            CLUSTER.isSuperProvider = on;
            Link.capabilityChanged();
        });
    }

    private static String device(Device device, String what) {
        switch (what) {
            case "out":
                return act(() -> SET.out(device, Why.UNREGISTERED));
            case "in":
                return act(() -> SET.in(device));
            case "restrict":
                return act(() -> SET.restrict(device));
            case "activate":
                return act(() -> SET.activate(device));
            case "remove":
            case "create":
                return act(() -> SET.control(device, what.equals("create")));
            default:
                throw new IllegalArgumentException("device " + what);
        }
    }

    /** METHOD EXCEPTION [TYPE] [CODE] [TEXT]: small numbers are types, large ones CTIManager's codes. */
    private static String fail(List<String> words) {
        int type = 0;
        int code = 0;
        int used = 2;
        while (used < words.size() && words.get(used).matches("\\d+|0x[0-9A-Fa-f]+")) {
            long number = Long.decode(words.get(used++));
            if (number > 0xFFFF) {
                code = (int) number;
            } else {
                type = (int) number;
            }
        }
        String text = String.join(" ", words.subList(used, words.size()));
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        Gate.fail(words.get(0), new Refusal(words.get(1), type, 0, code, text.isEmpty() ? null : text));
        return "";
    }

    private static String reset() {
        Gate.clear();
        Opening.fault("");
        return act(SET::reset);
    }

    private static String exit() {
        Runtime.getRuntime().halt(1);
        return "";
    }
}
