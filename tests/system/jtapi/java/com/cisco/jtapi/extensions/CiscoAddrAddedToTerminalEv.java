package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoAddrAddedToTerminalEv extends CiscoProvEv {
    int ID = 0x40002006;

    Address getAddress();
    Terminal getTerminal();
}
