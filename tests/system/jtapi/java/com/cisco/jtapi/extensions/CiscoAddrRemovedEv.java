package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoAddrRemovedEv extends CiscoProvEv {
    int ID = 0x40002004;

    Address getAddress();
    Terminal getTerminal();
}
