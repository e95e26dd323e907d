package com.cisco.jtapi.extensions;

public interface CiscoToneChangedEv extends CiscoCallEv {
    int ID = 0x40003007;
}
