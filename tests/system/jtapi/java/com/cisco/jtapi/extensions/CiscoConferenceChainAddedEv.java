package com.cisco.jtapi.extensions;

public interface CiscoConferenceChainAddedEv extends CiscoCallEv {
    int ID = 0x40003009;
}
