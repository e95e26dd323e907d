package com.cisco.jtapi.extensions;

import javax.telephony.Address;

public interface CiscoAddrActivatedEv extends CiscoProvEv {
    int ID = 0x40000012;

    Address getAddress();
}
