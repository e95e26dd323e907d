package javax.telephony;

/** Its cause is a number: the class of the platform's own exceptions hides theirs. */
public class ProviderUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    public static final int CAUSE_UNKNOWN = 160;
    public static final int CAUSE_NOT_IN_SERVICE = 161;
    public static final int CAUSE_INVALID_SERVICE = 162;
    public static final int CAUSE_INVALID_ARGUMENT = 163;

    public ProviderUnavailableException() {}

    public ProviderUnavailableException(String message) {
        super(message);
    }
}
