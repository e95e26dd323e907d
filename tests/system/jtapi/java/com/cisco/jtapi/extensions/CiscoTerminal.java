package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidStateException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.Terminal;
import javax.telephony.TerminalConnection;

public interface CiscoTerminal extends Terminal, CiscoObjectContainer {
    int OUT_OF_SERVICE = 0;
    int IN_SERVICE = 1;

    int DEVICETYPE_UNKNOWN = 0;
    int DEVICETYPE_TELECASTER_MGR = 7;
    int DEVICETYPE_TELECASTER_BUSINESS = 8;
    int DEVICETYPE_CTI_PORT = 72;
    int DEVICETYPE_CTI_ROUTE_POINT = 73;
    int DEVICETYPE_CTI_REMOTE_DEVICE = 635;
    int DEVICETYPE_ANDROID = 575;
    int DEVICETYPE_IPHONE = 562;
    int DEVICETYPE_JABBER_TABLET = 652;

    int DND_OPTION_NONE = 0;
    int DND_OPTION_RINGER_OFF = 1;
    int DND_OPTION_CALL_REJECT = 2;

    int DEVICESTATE_IDLE = 0;
    int DEVICESTATE_ACTIVE = 1;
    int DEVICESTATE_ALERTING = 2;
    int DEVICESTATE_HELD = 3;
    int DEVICESTATE_UNKNOWN = 4;
    int DEVICESTATE_WHISPER = 5;

    int NO_LOGIN = 0;
    int NATIVE_LOGIN = 1;
    int VISITOR_LOGIN = 2;
    int PHONE_USER = 1;
    int APPLICATION = 2;
    int NO_ROLLOVER = 0;
    int ROLLOVER_SAME_DN = 1;
    int ROLLOVER_ANY_DN = 2;

    int getState();
    int getRegistrationState();
    boolean isRegistered();
    boolean isRestricted();
    int getType();
    String getTypeName();
    int getProtocol();
    void setDNDStatus(boolean on) throws InvalidStateException;
    boolean getDNDStatus() throws InvalidStateException;
    int getDNDOption() throws InvalidStateException;
    int getDeviceState() throws InvalidStateException;
    CiscoTermEvFilter getFilter();
    void setFilter(CiscoTermEvFilter filter);
    CiscoCall pickup(Address address) throws InvalidStateException;
    CiscoCall groupPickup(Address address, String group) throws InvalidStateException;
    CiscoCall directedPickup(Address address, String number) throws InvalidStateException;
    CiscoCall otherPickup(Address address) throws InvalidStateException;
    TerminalConnection unPark(Address address, String number)
            throws InvalidStateException, InvalidArgumentException, ResourceUnavailableException;
    int getLoginType() throws InvalidStateException;
    String getEMLoginUsername() throws InvalidStateException;
    int getRollOverConfig() throws InvalidStateException;
    boolean canConsultCallRollOver(int by) throws InvalidStateException;
    boolean canOutBoundCallRollOver(int by) throws InvalidStateException;
    boolean canDirectTransferOnSameLine(int by) throws InvalidStateException;
    boolean canDirectTransferAcrossLines(int by) throws InvalidStateException;
    boolean canJoinOnSameLine(int by) throws InvalidStateException;
    boolean canJoinAcrossLines(int by) throws InvalidStateException;
}
