package com.cisco.jtapi.extensions;

public interface CiscoTermOutOfServiceEv extends CiscoTermEv, CiscoOutOfServiceEv {
    int ID = 0x40001004;
}
