package com.cisco.jtapi.extensions;

public interface CiscoTermDeviceStateHeldEv extends CiscoTermEv {
    int ID = 0x40001008;
}
