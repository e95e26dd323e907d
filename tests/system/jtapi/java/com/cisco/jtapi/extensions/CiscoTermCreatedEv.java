package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoTermCreatedEv extends CiscoProvEv {
    int ID = 0x40001001;

    Terminal getTerminal();
}
