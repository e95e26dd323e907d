package standin.core;

import java.util.ArrayList;

/** What is set on phones and lines, and what becomes of phones. */
public final class Features {
    public static final String PICKUP_GROUP = "7500";
    private static final int ALREADY_FORWARDED = 0x8CCC0073;
    private static final int CANNOT_BE_FORWARDED_THERE = 0x8CCC0074;

    private final Cluster cluster;

    Features(Cluster cluster) {
        this.cluster = cluster;
    }

    static boolean isInGroup(Place place) {
        return place.number.length() == 4 && place.number.compareTo("1001") >= 0
                && place.number.compareTo("1010") <= 0;
    }

    /** Forward all calls; "" takes it away. */
    public void forward(Line line, String number) {
        if (!number.isEmpty()) {
            if (number.equals(line.number) || !cluster.dialling.isKnown(number)) {
                String text = line + " cannot be forwarded to " + number;
                throw new Refusal("InvalidArgument", 0, 0, CANNOT_BE_FORWARDED_THERE, text);
            }
            if (number.equals(line.forward)) {
                String text = line + " is forwarded to " + number + " already";
                throw new Refusal("InvalidState", Refusal.ADDRESS, 1, ALREADY_FORWARDED, text);
            }
        }
        setForward(line, number);
    }

    /** At the phone: whatever is keyed in, and no matter what was there before. */
    public void setForward(Line line, String number) {
        line.forward = number;
        cluster.tell("CallCtlAddrForwardEv", line, Why.PLAIN, "getForwarding", number);
        cluster.cut();
    }

    public void messageWaiting(Line line, boolean on) {
        line.messageWaiting = on;
        cluster.tell("CallCtlAddrMessageWaitingEv", line, Why.PLAIN, "getMessageWaitingState", on);
        cluster.cut();
    }

    public void doNotDisturb(Device device, boolean on) {
        if (!device.inService || device.doNotDisturb == on) {
            throw Refusal.state(Refusal.TERMINAL, device.inService ? 1 : 0, "setDNDStatus: no change");
        }
        setDoNotDisturb(device, on);
    }

    public void setDoNotDisturb(Device device, boolean on) {
        if (device.doNotDisturb != on) {
            device.doNotDisturb = on;
            cluster.tell("CiscoTermDNDStatusChangedEv", device, Why.PLAIN, "getDNDStatus", on);
            cluster.cut();
        }
    }

    // -- phones that come and go ---------------------------------------------------------------------------

    /** The phone is not registered any more: calls of a line that has no other phone are over. */
    public void out(Device device, Why why) {
        if (!device.inService) {
            return;
        }
        device.inService = false;
        for (Leg leg : new ArrayList<>(device.legs)) {
            if (!leg.device.legs.contains(leg)) {
                continue;
            }
            if (((Line) leg.party.place).isInService() && leg.state != Leg.TALKING) {
                cluster.state(leg, Leg.DROPPED, Why.OUT_OF_ORDER);
                leg.party.legs.remove(leg);
                device.legs.remove(leg);
            } else {
                cluster.control.leave(leg.party, Why.OUT_OF_ORDER);
            }
        }
        cluster.cut();
        for (Line line : device.lines) {
            cluster.tell(outOfService(line, device, why));
        }
        cluster.tell("CiscoTermOutOfServiceEv", device, why);
        cluster.cut();
    }

    public static Change inService(Device device) {
        return Change.of("CiscoTermInServiceEv", device, Why.PLAIN, "getDNDStatus", device.doNotDisturb,
                "getDNDOption", 2);
    }

    public static Change inService(Line line, Device device) {
        return Change.at("CiscoAddrInServiceEv", line, device, Why.PLAIN, "getTerminal", device);
    }

    public static Change outOfService(Line line, Device device, Why why) {
        return Change.at("CiscoAddrOutOfServiceEv", line, device, why, "getTerminal", device);
    }

    public void in(Device device) {
        if (!device.inService) {
            device.inService = true;
            cluster.tell(inService(device));
            for (Line line : device.lines) {
                cluster.tell(inService(line, device));
            }
            cluster.cut();
        }
    }

    public void restrict(Device device) {
        device.restricted = true;
        tellProvider("CiscoTermRestrictedEv", device);
        for (Line line : device.lines) {
            tellProvider("CiscoAddrRestrictedOnTerminalEv", line, device);
        }
        cluster.cut();
        out(device, Why.RESTRICTED);
    }

    public void activate(Device device) {
        device.restricted = false;
        tellProvider("CiscoTermActivatedEv", device);
        for (Line line : device.lines) {
            tellProvider("CiscoAddrActivatedOnTerminalEv", line, device);
        }
        cluster.cut();
        in(device);
    }

    /** Into the control list of the user, or out of it. */
    public void control(Device device, boolean on) {
        if (device.controlled == on) {
            return;
        }
        device.controlled = on;
        tellProvider(on ? "CiscoTermCreatedEv" : "CiscoTermRemovedEv", device);
        for (Line line : device.lines) {
            if (on || !line.isControlled()) {
                tellProvider(on ? "CiscoAddrCreatedEv" : "CiscoAddrRemovedEv", line, device);
            } else {
                tellProvider("CiscoAddrRemovedFromTerminalEv", line, device);
            }
        }
        cluster.cut();
    }

    /** Everything as it was at first. */
    public void reset() {
        for (Talk call : new ArrayList<>(cluster.calls.values())) {
            cluster.control.end(call, Why.CLEARING);
            cluster.cut();
        }
        for (Device device : cluster.devices.values()) {
            control(device, !device.name.equals("SEP000000001020"));
            if (device.restricted) {
                activate(device);
            }
            in(device);
            setDoNotDisturb(device, false);
            device.isPrivate = false;
            for (Line line : device.lines) {
                if (!line.forward.isEmpty()) {
                    setForward(line, "");
                }
                if (line.messageWaiting) {
                    messageWaiting(line, false);
                }
            }
        }
    }

    private void tellProvider(String event, Device device) {
        cluster.tell(event, device, Why.PLAIN, "getTerminal", device);
    }

    private void tellProvider(String event, Line line, Device device) {
        cluster.tell(Change.at(event, line, device, Why.PLAIN, "getAddress", line, "getTerminal", device));
    }
}
