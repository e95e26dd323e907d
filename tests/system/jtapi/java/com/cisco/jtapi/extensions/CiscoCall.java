package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.Connection;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.Terminal;
import javax.telephony.callcontrol.CallControlCall;

public interface CiscoCall extends CallControlCall, CiscoObjectContainer {
    int FEATUREPRIORITY_NORMAL = 1;
    int FEATUREPRIORITY_URGENT = 2;
    int FEATUREPRIORITY_EMERGENCY = 3;

    CiscoCallID getCallID();
    Connection[] connect(Terminal terminal, Address address, String number, int priority)
            throws ResourceUnavailableException, PrivilegeViolationException, InvalidPartyException,
                    InvalidArgumentException, InvalidStateException, MethodNotSupportedException;
    void conference(Call[] others)
            throws InvalidStateException, InvalidArgumentException, MethodNotSupportedException,
                    PrivilegeViolationException, ResourceUnavailableException;
    Connection transfer(String number, String fac, String cmc)
            throws InvalidStateException, InvalidArgumentException, InvalidPartyException,
                    MethodNotSupportedException, PrivilegeViolationException, ResourceUnavailableException;
    Address getCurrentCallingAddress();
    Address getCurrentCalledAddress();
    Address getModifiedCallingAddress();
    Address getModifiedCalledAddress();
    CiscoPartyInfo getCurrentCallingPartyInfo();
    CiscoPartyInfo getCurrentCalledPartyInfo();
    CiscoPartyInfo getCalledPartyInfo();
    CiscoPartyInfo getLastRedirectedPartyInfo();
    CiscoPartyInfo getLastRedirectingPartyInfo();
    String getCurrentCallingPartyDisplayName();
    String getCurrentCalledPartyDisplayName();
    String getCurrentCallingPartyUnicodeDisplayName();
    String getCurrentCalledPartyUnicodeDisplayName();
    String getGlobalizedCallingParty();
    boolean isConference();
    Terminal getCurrentCallingTerminal();
    Terminal getCurrentCalledTerminal();
    CiscoConferenceChain getConferenceChain();
}
