package com.cisco.jtapi.extensions;

public interface CiscoCallFeatureCancelledEv extends CiscoCallEv {
    int ID = 0x40003012;

    CiscoCall getConsultCall();
}
