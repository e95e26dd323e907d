package com.cisco.jtapi.extensions;

public interface CiscoTermDNDOptionChangedEv extends CiscoTermEv {
    int ID = 0x40001016;

    int getDNDOption();
}
