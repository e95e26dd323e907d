package com.cisco.jtapi.extensions;

import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.callcontrol.CallControlTerminalConnection;

public interface CiscoTerminalConnection extends CallControlTerminalConnection, CiscoObjectContainer {
    int CISCO_SELECTEDNONE = 0;
    int CISCO_SELECTEDLOCAL = 1;
    int CISCO_SELECTEDREMOTE = 2;

    void hold(String music)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    boolean getPrivacyStatus();
    int getSelectStatus();
}
