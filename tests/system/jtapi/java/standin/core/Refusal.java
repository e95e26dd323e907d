package standin.core;

/**
 * What the cluster does not do. `kind` is a JTAPI exception's name without its ending; `type` is what its
 * getType or getObjectType gives, `state` its getState; `code` is CTIManager's, 0 for none.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    public static final int PROVIDER = 0;
    public static final int CALL = 1;
    public static final int CONNECTION = 2;
    public static final int TERMINAL = 3;
    public static final int ADDRESS = 4;
    public static final int TERMINAL_CONNECTION = 5;

    public final String kind;
    public final int type;
    public final int state;
    public final int code;

    public Refusal(String kind, int type, int state, int code, String text) {
        super(text);
        this.kind = kind;
        this.type = type;
        this.state = state;
        this.code = code;
    }

    public static Refusal state(int object, int state, String text) {
        return new Refusal("InvalidState", object, state, 0x8CCC0045, text);
    }

    public static Refusal argument(String text) {
        return new Refusal("InvalidArgument", 0, 0, 0, text);
    }

    /** The destination cannot be called. */
    static Refusal party(int code, String text) {
        return new Refusal("InvalidParty", 1, 0, code, text);
    }

    public static Refusal unavailable(int type, int code, String text) {
        return new Refusal("ResourceUnavailable", type, 0, code, text);
    }
}
