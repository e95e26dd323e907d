package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Terminal;

public interface CiscoCallInfoChangedEv extends CiscoCallEv {
    int ID = 0x40003015;

    Terminal getTerminal();
    Address getAddress();
}
