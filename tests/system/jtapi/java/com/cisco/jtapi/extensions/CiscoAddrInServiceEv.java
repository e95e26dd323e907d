package com.cisco.jtapi.extensions;

public interface CiscoAddrInServiceEv extends CiscoAddrEv {
    int ID = 0x40002002;

    CiscoTerminal getTerminal();
}
