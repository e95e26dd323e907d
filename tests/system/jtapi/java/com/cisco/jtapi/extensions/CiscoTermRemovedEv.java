package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoTermRemovedEv extends CiscoProvEv {
    int ID = 0x40001005;

    Terminal getTerminal();
}
