package com.cisco.jtapi.extensions;

public interface CiscoTermInServiceEv extends CiscoTermEv {
    int ID = 0x40001003;

    boolean getDNDStatus();
    int getDNDOption();
    int getLocale();
    int[] getSupportedEncoding();
}
