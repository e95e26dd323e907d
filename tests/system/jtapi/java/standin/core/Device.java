package standin.core;

import java.util.ArrayList;
import java.util.List;

/** A phone. `controlled`: it is in the control list of the application's user. */
public final class Device {
    public final String name;
    public final List<Line> lines = new ArrayList<>();
    public final List<Leg> legs = new ArrayList<>();
    public boolean controlled = true;
    public boolean inService = true;
    public boolean restricted;
    public boolean doNotDisturb;
    /** Other phones of a line see that it is in use, and cannot come on its calls. */
    public boolean isPrivate;

    Device(String name) {
        this.name = name;
    }

    /** Its leg in a state, the newest; null where there is none. */
    public Leg leg(int... states) {
        for (int i = legs.size() - 1; i >= 0; i--) {
            for (int state : states) {
                if (legs.get(i).state == state) {
                    return legs.get(i);
                }
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name;
    }
}
