package com.cisco.jtapi.extensions;

public interface CiscoRestrictedEv extends CiscoProvEv {
    int ID = 0x40000009;
}
