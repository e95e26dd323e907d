package com.cisco.jtapi.extensions;

import javax.telephony.Connection;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.Terminal;
import javax.telephony.TerminalConnection;
import javax.telephony.callcontrol.CallControlConnection;

public interface CiscoConnection extends CallControlConnection, CiscoObjectContainer {
    int REDIRECT_DROP_ON_FAILURE = 1;
    int REDIRECT_NORMAL = 2;
    int DEFAULT_SEARCH_SPACE = 0;
    int CALLINGADDRESS_SEARCH_SPACE = 1;
    int ADDRESS_SEARCH_SPACE = 2;

    int CALLED_ADDRESS_UNCHANGED = 0;
    int CALLED_ADDRESS_SET_TO_REDIRECT_DESTINATION = 1;
    int CALLED_ADDRESS_SET_TO_PREFERREDCALLEDPARTY = 2;

    int REASON_DIRECTCALL = 1;
    int REASON_TRANSFERREDCALL = 2;
    int REASON_FORWARDNOANSWER = 3;
    int REASON_FORWARDBUSY = 4;
    int REASON_FORWARDALL = 5;
    int REASON_REDIRECT = 6;
    int REASON_OUTBOUND = 99;

    Connection redirect(String number, int mode)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection redirect(String number, int mode, int space)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection redirect(String number, int mode, int space, String preferred)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection redirect(String number, int mode, int space, int called)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection redirect(String number, int mode, int space, int called, String preferred, String fac,
            String cmc)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection redirect(String number, int mode, int space, int called, String preferred, String fac,
            String cmc, int priority)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    int getReason();
    String park()
            throws InvalidArgumentException, PrivilegeViolationException, ResourceUnavailableException,
                    InvalidStateException;
    void setRequestController(TerminalConnection leg) throws InvalidArgumentException, InvalidStateException;
    TerminalConnection getRequestController();
    void disconnect(CiscoPartyInfo party)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    CiscoPartyInfo[] getPartyInfo();
    CiscoConnectionID getConnectionID();
    String getUniqueID(Terminal terminal) throws PrivilegeViolationException, InvalidStateException;
    boolean getAddressPI();
}
