package com.cisco.jtapi.extensions;

import javax.telephony.Connection;
import javax.telephony.TerminalConnection;

public interface CiscoCallChangedEv extends CiscoCallEv {
    int ID = 0x40003008;

    CiscoCall getSurvivingCall();
    CiscoCall getOriginalCall();
    TerminalConnection getTerminalConnection();
    Connection getConnection();
}
