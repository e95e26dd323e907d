package com.cisco.jtapi.extensions;

public interface CiscoTermDNDStatusChangedEv extends CiscoTermEv {
    int ID = 0x40001014;

    boolean getDNDStatus();
}
