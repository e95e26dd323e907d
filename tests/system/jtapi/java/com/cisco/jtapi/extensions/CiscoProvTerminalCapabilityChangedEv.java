package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoProvTerminalCapabilityChangedEv extends CiscoProvEv {
    int ID = 0x40000017;

    Terminal[] getTerminals();
}
