package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidStateException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.Provider;
import javax.telephony.Terminal;

public interface CiscoProvider extends Provider, CiscoObjectContainer {
    Address getAddress(String number, String partition) throws InvalidArgumentException;
    Address[] getAddresses(String number);
    Terminal createTerminal(String name)
            throws InvalidArgumentException, InvalidStateException, PrivilegeViolationException;
    void deleteTerminal(CiscoTerminal terminal)
            throws InvalidArgumentException, InvalidStateException, PrivilegeViolationException;
    CiscoCall getCall(int callId);
    CiscoCall getCall(int callManagerId, int globalCallId);
    void deleteCall(Call call) throws InvalidStateException;
    void registerFeature(int feature)
            throws InvalidStateException, PrivilegeViolationException, InvalidArgumentException;
    void unregisterFeature(int feature) throws InvalidStateException;
    String getVersion();
    String getClusterID() throws InvalidStateException;
    int getAppDSCPValue();
    boolean isFIPSCompliantJTAPI();
    boolean isFIPSCompliantCUCM();
    boolean getCallbackGuardEnabled();
    void setCallbackGuardEnabled(boolean on);
}
