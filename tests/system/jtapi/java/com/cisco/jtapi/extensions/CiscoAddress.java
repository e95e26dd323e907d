package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.Terminal;

public interface CiscoAddress extends Address, CiscoObjectContainer {
    int OUT_OF_SERVICE = 0;
    int IN_SERVICE = 1;

    int INTERNAL = 1;
    int EXTERNAL = 2;
    int EXTERNAL_UNKNOWN = 3;
    int UNKNOWN = 4;
    int MONITORING_TARGET = 5;
    int HUNT_PILOT = 6;

    int AUTOANSWER_OFF = 0;
    int AUTOANSWER_WITHHEADSET = 1;
    int AUTOANSWER_WITHSPEAKERSET = 2;
    int AUTOANSWER_UNKNOWN = 3;

    String getPartition();
    int getType();
    int getState();
    int getRegistrationState();
    Terminal[] getInServiceAddrTerminals();
    Terminal[] getRestrictedAddrTerminals();
    boolean isRestricted(Terminal terminal);
    int getMaxCalls(Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, InvalidArgumentException;
    int getBusyTrigger(Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, InvalidArgumentException;
    int getButtonPosition(Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, InvalidArgumentException;
    String getAsciiLabel(Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, InvalidArgumentException;
    String getUnicodeLabel(Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, InvalidArgumentException;
    void setMessageWaiting(String destination, boolean on)
            throws MethodNotSupportedException, InvalidStateException, PrivilegeViolationException;
    CiscoAddressCallInfo getAddressCallInfo(Terminal terminal);
    int getAutoAnswerStatus(Terminal terminal) throws InvalidStateException, MethodNotSupportedException;
    void clearCallConnections() throws PrivilegeViolationException;
    String getVoiceMailPilot();
    CiscoPickupGroup getPickupGroup();
    CiscoAddrEvFilter getFilter();
    void setFilter(CiscoAddrEvFilter filter);
}
