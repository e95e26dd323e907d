package com.cisco.jtapi.extensions;

public interface CiscoTermDeviceStateIdleEv extends CiscoTermEv {
    int ID = 0x40001009;
}
