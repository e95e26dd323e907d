package com.cisco.jtapi.extensions;

public interface CiscoTermDeviceStateActiveEv extends CiscoTermEv {
    int ID = 0x40001006;
}
