package standin.core;

import java.util.List;

/** A provider, told of everything that happens, while it happens and in this order. */
public interface Listener {
    void happened(Change change);

    /** What was told since the last cut belongs together. */
    void cut();

    /** The operation is over. What to wait for, until its events have reached their observers. */
    List<Delivered> finish();
}
