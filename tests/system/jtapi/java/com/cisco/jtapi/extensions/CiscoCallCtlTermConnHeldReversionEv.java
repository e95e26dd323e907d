package com.cisco.jtapi.extensions;

import javax.telephony.callcontrol.events.CallCtlTermConnEv;

public interface CiscoCallCtlTermConnHeldReversionEv extends CiscoCallEv, CallCtlTermConnEv {
    int ID = 0x40005002;
}
