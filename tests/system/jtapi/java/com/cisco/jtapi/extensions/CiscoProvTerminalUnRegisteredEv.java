package com.cisco.jtapi.extensions;

import javax.telephony.Terminal;

public interface CiscoProvTerminalUnRegisteredEv extends CiscoProvEv {
    int ID = 0x40000019;
    int REASON_UNKNOWN = 0;
    int REASON_RESET = 1;
    int REASON_LOGIN = 2;
    int REASON_LOGOUT = 3;
    int REASON_ENERGYWISE_POWER_SAVE_PLUS = 4;

    Terminal getTerminal();
    int getReason();
}
