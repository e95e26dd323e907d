package javax.telephony;

public class MethodNotSupportedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MethodNotSupportedException() {}

    public MethodNotSupportedException(String message) {
        super(message);
    }
}
