package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;
import javax.telephony.events.ConnEv;

public interface CiscoConnectionUniqueIDChangedEv extends CiscoCallEv, ConnEv {
    int ID = 0x40006001;

    String getOldUniqueID();
    String getUniqueID();
    Terminal getTerminal();
}
