package com.cisco.jtapi.extensions;

import javax.telephony.Connection;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.TerminalConnection;

public interface CiscoConsultCall extends CiscoCall {
    TerminalConnection getConsultingTerminalConnection();
    Connection[] consultWithoutMedia(TerminalConnection leg, String number)
            throws ResourceUnavailableException, PrivilegeViolationException, InvalidPartyException,
                    InvalidArgumentException, InvalidStateException, MethodNotSupportedException;
}
