package javax.telephony;

public class InvalidStateException extends Exception {
    private static final long serialVersionUID = 1L;
    public static final int PROVIDER_OBJECT = 0;
    public static final int CALL_OBJECT = 1;
    public static final int CONNECTION_OBJECT = 2;
    public static final int TERMINAL_OBJECT = 3;
    public static final int ADDRESS_OBJECT = 4;
    public static final int TERMINAL_CONNECTION_OBJECT = 5;

    private final transient Object object;
    private final int objectType;
    private final int state;

    public InvalidStateException(Object object, int objectType, int state) {
        this(object, objectType, state, null);
    }

    public InvalidStateException(Object object, int objectType, int state, String message) {
        super(message);
        this.object = object;
        this.objectType = objectType;
        this.state = state;
    }

    public Object getObject() {
        return object;
    }

    public int getObjectType() {
        return objectType;
    }

    public int getState() {
        return state;
    }
}
