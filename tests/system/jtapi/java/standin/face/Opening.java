package standin.face;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import javax.telephony.Provider;

import standin.Flavour;
import standin.core.Refusal;

/** JtapiPeer.getProvider: the string it is given, and what may be wrong with it. */
public final class Opening {
    private static final String CANNOT = "Unable to create provider -- ";
    private static volatile String fault = System.getProperty("standin.open", "");
    private static volatile String host = "-";

    private Opening() {}

    /** What every further attempt fails with; "" for nothing. */
    public static void fault(String text) {
        fault = text;
    }

    public static String host() {
        return host;
    }

    /** What a peer is configured with: whatever is set can be read again, and has no effect. */
    public static Object properties(Flavour flavour) {
        return Value.of(flavour, "CiscoJtapiProperties",
                "getTraceNames", new String[] {"WARNING", "INFORMATIONAL"});
    }

    /** `text` is "HOST;login=USER;passwd=PASSWORD[;name=value]...". */
    public static Provider open(Flavour flavour, String text) {
        Map<String, String> given = new HashMap<>();
        String[] parts = text == null ? new String[0] : text.split(";");
        for (String part : parts) {
            int at = part.indexOf('=');
            if (at >= 0) {
                given.put(part.substring(0, at).trim().toLowerCase(Locale.ROOT), part.substring(at + 1));
            }
        }
        host = parts.length == 0 || parts[0].isEmpty() ? "-" : parts[0];
        if (!fault.isEmpty()) {
            throw refused(fault);
        }
        if (host.equals("-")) {
            throw refused("null");
        }
        if (given.getOrDefault("login", "").isEmpty()) {
            throw refused("login=");
        }
        if (!is("standin.user", given.get("login")) || !is("standin.password", given.get("passwd"))) {
            throw refused("bad login or password");
        }
        return Link.open(flavour, host, Integer.getInteger("standin.delay", 50));
    }

    private static boolean is(String property, String value) {
        String wanted = System.getProperty(property);
        return wanted == null || wanted.equals(value);
    }

    private static Refusal refused(String tail) {
        return new Refusal("Platform", 0, 0, tail.startsWith("bad login") ? 0x8CCC0060 : 0, CANNOT + tail);
    }
}
