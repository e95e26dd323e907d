package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoTermRestrictedEv extends CiscoRestrictedEv {
    int ID = 0x40000011;

    Terminal getTerminal();
}
