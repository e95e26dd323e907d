package javax.telephony.callcontrol;

public class CallControlForwarding {
    public static final int FORWARD_UNCONDITIONALLY = 1;
    public static final int FORWARD_ON_BUSY = 2;
    public static final int FORWARD_ON_NOANSWER = 3;
    public static final int ALL_CALLS = 1;
    public static final int INTERNAL_CALLS = 2;
    public static final int EXTERNAL_CALLS = 3;
    public static final int SPECIFIC_ADDRESS = 4;

    private final String destination;
    private final int type;
    private final int filter;
    private final String caller;

    public CallControlForwarding(String destination) {
        this(destination, FORWARD_UNCONDITIONALLY);
    }

    public CallControlForwarding(String destination, int type) {
        this(destination, type, ALL_CALLS, null);
    }

    public CallControlForwarding(String destination, int type, boolean internal) {
        this(destination, type, internal ? INTERNAL_CALLS : EXTERNAL_CALLS, null);
    }

    public CallControlForwarding(String destination, int type, String caller) {
        this(destination, type, SPECIFIC_ADDRESS, caller);
    }

    private CallControlForwarding(String destination, int type, int filter, String caller) {
        this.destination = destination;
        this.type = type;
        this.filter = filter;
        this.caller = caller;
    }

    public String getDestinationAddress() {
        return destination;
    }

    public int getType() {
        return type;
    }

    public int getFilter() {
        return filter;
    }

    public String getSpecificCaller() {
        return caller;
    }
}
