package com.cisco.jtapi.extensions;

public interface CiscoTermDeviceStateAlertingEv extends CiscoTermEv {
    int ID = 0x40001007;
}
