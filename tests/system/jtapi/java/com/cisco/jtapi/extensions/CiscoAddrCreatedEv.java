package com.cisco.jtapi.extensions;

import javax.telephony.Address;

public interface CiscoAddrCreatedEv extends CiscoProvEv {
    int ID = 0x40002001;

    Address getAddress();
}
