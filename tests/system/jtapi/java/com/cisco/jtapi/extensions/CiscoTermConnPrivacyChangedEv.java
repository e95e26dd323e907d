package com.cisco.jtapi.extensions;

import javax.telephony.events.TermConnEv;

public interface CiscoTermConnPrivacyChangedEv extends CiscoCallEv, TermConnEv {
    int ID = 0x40005001;
}
