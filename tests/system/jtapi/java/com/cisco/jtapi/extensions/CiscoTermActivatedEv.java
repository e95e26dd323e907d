package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoTermActivatedEv extends CiscoProvEv {
    int ID = 0x40000013;

    Terminal getTerminal();
}
