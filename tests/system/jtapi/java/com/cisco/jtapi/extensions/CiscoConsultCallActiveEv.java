package com.cisco.jtapi.extensions;

import javax.telephony.TerminalConnection;
import javax.telephony.events.CallActiveEv;

public interface CiscoConsultCallActiveEv extends CiscoCallEv, CallActiveEv {
    int ID = 0x40003004;

    TerminalConnection getHeldTerminalConnection();
}
