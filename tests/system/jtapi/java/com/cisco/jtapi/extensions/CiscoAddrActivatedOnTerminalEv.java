package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoAddrActivatedOnTerminalEv extends CiscoProvEv {
    int ID = 0x40000014;

    Address getAddress();
    Terminal getTerminal();
}
