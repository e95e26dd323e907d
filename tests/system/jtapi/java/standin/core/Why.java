package standin.core;

/** Why something happens, in the numbers that events carry: one of each kind of cause. */
public final class Why {
    private static final int NORMAL = 100;
    private static final int REASON_NORMAL = 12;
    private static final int STARTING = 128;
    private static final int PROGRESS = 129;
    private static final int ENDING = 132;
    private static final int MERGING = 133;
    private static final int TRANSFERRING = 134;

    public static final Why NEW_CALL = new Why(106, NORMAL, 0, REASON_NORMAL, STARTING);
    public static final Why PLAIN = new Why(NORMAL, NORMAL, 0, REASON_NORMAL, PROGRESS);
    public static final Why UNHOLD = PLAIN.control(214);
    public static final Why CONSULTING = new Why(NORMAL, NORMAL, 0, 2, PROGRESS);
    public static final Why CLEARING = new Why(NORMAL, NORMAL, 16, REASON_NORMAL, ENDING);
    public static final Why REJECTED = new Why(NORMAL, NORMAL, 21, REASON_NORMAL, ENDING);
    public static final Why OUT_OF_ORDER = new Why(103, NORMAL, 27, REASON_NORMAL, ENDING);
    public static final Why UNALLOCATED = new Why(103, NORMAL, 1, REASON_NORMAL, ENDING);
    public static final Why BUSY = new Why(NORMAL, 203, 17, REASON_NORMAL, ENDING);
    public static final Why NOT_DISTURBED = new Why(NORMAL, 208, 17, REASON_NORMAL, ENDING);
    public static final Why REDIRECT = new Why(NORMAL, 210, 0, 6, PROGRESS);
    public static final Why FORWARD = new Why(NORMAL, 210, 0, 5, PROGRESS);
    public static final Why PICKUP = new Why(NORMAL, 206, 0, 11, PROGRESS);
    public static final Why PARK = new Why(NORMAL, 209, 0, 10, PROGRESS);
    public static final Why UNPARK = new Why(NORMAL, NORMAL, 0, 16, PROGRESS);
    public static final Why TRANSFER = new Why(NORMAL, 212, 0, 2, TRANSFERRING);
    public static final Why BLIND_TRANSFER = new Why(NORMAL, 212, 0, 7, TRANSFERRING);
    public static final Why CONFERENCE = new Why(NORMAL, 207, 0, 9, MERGING);
    public static final Why SNAPSHOT = new Why(110, 110, 0, REASON_NORMAL, 135);
    public static final Why CTIMANAGER_GONE = PLAIN.cause(1007);
    public static final Why UNREGISTERED = PLAIN.cause(1005);
    public static final Why RESTRICTED = PLAIN.cause(1008);

    public final int cause;
    public final int control;
    public final int cisco;
    public final int reason;
    public final int meta;

    private Why(int cause, int control, int cisco, int reason, int meta) {
        this.cause = cause;
        this.control = control;
        this.cisco = cisco;
        this.reason = reason;
        this.meta = meta;
    }

    private Why cause(int other) {
        return new Why(other, control, cisco, reason, meta);
    }

    private Why control(int other) {
        return new Why(cause, other, cisco, reason, meta);
    }
}
