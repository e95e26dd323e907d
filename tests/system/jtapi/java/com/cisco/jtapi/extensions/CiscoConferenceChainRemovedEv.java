package com.cisco.jtapi.extensions;

public interface CiscoConferenceChainRemovedEv extends CiscoCallEv {
    int ID = 0x40003010;
}
