package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoAddrRemovedFromTerminalEv extends CiscoProvEv {
    int ID = 0x40002007;

    Address getAddress();
    Terminal getTerminal();
}
