package com.cisco.jtapi.extensions;

import javax.telephony.Address;

public interface CiscoAddrRestrictedEv extends CiscoRestrictedEv {
    int ID = 0x40000010;

    Address getAddress();
}
