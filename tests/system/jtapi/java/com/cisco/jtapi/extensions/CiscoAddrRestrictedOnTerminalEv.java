package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoAddrRestrictedOnTerminalEv extends CiscoRestrictedEv {
    int ID = 0x40000015;

    Address getAddress();
    Terminal getTerminal();
}
