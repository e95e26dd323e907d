package com.cisco.jtapi.extensions;

import javax.telephony.callcontrol.events.CallCtlConnOfferedEv;

public interface CiscoCallCtlConnOfferedEv extends CiscoCallEv, CallCtlConnOfferedEv {
    int ID = 211;
}
