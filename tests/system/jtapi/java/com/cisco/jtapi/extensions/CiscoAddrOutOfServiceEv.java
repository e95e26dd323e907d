package com.cisco.jtapi.extensions;

public interface CiscoAddrOutOfServiceEv extends CiscoAddrEv, CiscoOutOfServiceEv {
    int ID = 0x40002003;

    CiscoTerminal getTerminal();
}
