package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoProvTerminalRegisteredEv extends CiscoProvEv {
    int ID = 0x40000018;

    Terminal getTerminal();
}
