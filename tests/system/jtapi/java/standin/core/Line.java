package standin.core;

import java.util.ArrayList;
import java.util.List;

/** A directory number in a partition, on one phone or more. */
public final class Line extends Place {
    public final List<Device> devices = new ArrayList<>();
    public String forward = "";
    public boolean messageWaiting;

    Line(String number, String partition) {
        super(number, partition);
    }

    public boolean isControlled() {
        for (Device device : devices) {
            if (device.controlled) {
                return true;
            }
        }
        return false;
    }

    boolean isInService() {
        for (Device device : devices) {
            if (device.inService) {
                return true;
            }
        }
        return false;
    }

    boolean mayRing() {
        for (Device device : devices) {
            if (device.inService && !device.doNotDisturb) {
                return true;
            }
        }
        return false;
    }

    /** Calls that the line is on, each once. */
    public List<Party> parties() {
        List<Party> found = new ArrayList<>();
        for (Device device : devices) {
            for (Leg leg : device.legs) {
                if (leg.party.place == this && !found.contains(leg.party)) {
                    found.add(leg.party);
                }
            }
        }
        return found;
    }
}
