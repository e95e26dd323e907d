package com.cisco.jtapi.extensions;

public interface CiscoTermDeviceStateWhisperEv extends CiscoTermEv {
    int ID = 0x40001015;
}
