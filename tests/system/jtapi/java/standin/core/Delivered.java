package standin.core;

/** Events on their way to an observer. */
public interface Delivered {
    /** Whether they are handed over before this time of System.nanoTime. */
    boolean before(long deadline) throws InterruptedException;
}
