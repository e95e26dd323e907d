package standin.face;

import java.util.ArrayList;
import java.util.List;

import javax.telephony.Address;
import javax.telephony.CallObserver;
import javax.telephony.TerminalConnection;
import javax.telephony.TerminalObserver;
import javax.telephony.events.TermEv;

import standin.core.Device;
import standin.core.Leg;
import standin.core.Line;

/** Terminal, CiscoTerminal. */
public final class TerminalFace extends Face {
    private static final int CALL_REJECT = 2;
    private static final int SIP = 2;

    final Device device;

    TerminalFace(Link link, Device device) {
        super(link, "Terminal", device);
        this.device = device;
    }

    public String getName() {
        return device.name;
    }

    public Object getProvider() {
        return link.faces.provider();
    }

    public Object getAddresses() {
        return link.faces.array(device.lines, Address.class);
    }

    public Object getTerminalConnections() {
        return cluster.act(() -> {
            List<Leg> found = new ArrayList<>();
            for (Leg leg : device.legs) {
                if (leg.state != Leg.IDLE && AddressFace.isHeard(link, leg.call())) {
                    found.add(leg);
                }
            }
            return link.faces.array(found, TerminalConnection.class);
        });
    }

    public int getState() {
        return link.isOpen(device) && device.inService ? 1 : 0;
    }

    public int getRegistrationState() {
        return getState();
    }

    public boolean isRegistered() {
        return device.inService;
    }

    public boolean isRestricted() {
        return device.restricted;
    }

    public int getType() {
        return 684;
    }

    public String getTypeName() {
        return device.name.endsWith("0C") ? "Cisco IP Communicator" : "Cisco 8851";
    }

    public int getProtocol() {
        return SIP;
    }

    public int getDeviceState() {
        return cluster.act(() -> {
            if (device.leg(Leg.RINGING) != null) {
                return 2;
            }
            if (device.leg(Leg.TALKING) != null) {
                return 1;
            }
            return device.leg(Leg.HELD) != null ? 3 : 0;
        });
    }

    // -- do not disturb ------------------------------------------------------------------------------------

    public void setDNDStatus(boolean on) {
        cluster.act(() -> {
            link.requireInService();
            cluster.features.doNotDisturb(device, on);
            return null;
        });
    }

    public boolean getDNDStatus() {
        return device.doNotDisturb;
    }

    public int getDNDOption() {
        return CALL_REJECT;
    }

    public Object getFilter() {
        return cluster.act(() -> {
            Object filter = link.filters.get(device);
            return filter == null ? Value.of(link.flavour, "CiscoTermEvFilter") : filter;
        });
    }

    public void setFilter(Object filter) {
        cluster.run(() -> link.filters.put(device, filter));
    }

    // -- calls ---------------------------------------------------------------------------------------------

    public Object pickup(Object address) {
        return groupPickup(address, null);
    }

    public Object groupPickup(Object address, String group) {
        Line line = AddressFace.line(address);
        return link.faces.call(cluster.act(() -> {
            link.requireInService();
            return cluster.diverting.pickUpInGroup(device, line, group);
        }));
    }

    public Object directedPickup(Object address, String number) {
        Line line = AddressFace.line(address);
        return link.faces.call(cluster.act(() -> {
            link.requireInService();
            return cluster.diverting.pickUp(device, line, number);
        }));
    }

    public Object otherPickup(Object address) {
        return groupPickup(address, null);
    }

    public Object unPark(Object address, String number) {
        Line line = AddressFace.line(address);
        return link.faces.leg(cluster.act(() -> {
            link.requireInService();
            return cluster.diverting.unpark(device, line, number);
        }));
    }

    // -- observers -----------------------------------------------------------------------------------------

    public void addObserver(Object observer) {
        cluster.run(() -> link.observe(device, observer));
    }

    public void removeObserver(Object observer) {
        cluster.run(() -> link.ignore(device, observer, "TermObservationEndedEv", TermEv.class));
    }

    public Object getObservers() {
        return cluster.act(() -> ProviderFace.observers(link.observers.of(device), TerminalObserver.class));
    }

    public void addCallObserver(Object observer) {
        cluster.run(() -> link.observeCalls(device, observer));
    }

    public void removeCallObserver(Object observer) {
        cluster.run(() -> link.ignoreCalls(device, observer));
    }

    public Object getCallObservers() {
        return cluster.act(() -> ProviderFace.observers(link.observers.ofCalls(device), CallObserver.class));
    }

    public int getLoginType() {
        return 0;
    }

    public int getRollOverConfig() {
        return 0;
    }
}
