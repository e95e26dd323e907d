package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.TerminalConnection;

public interface CiscoConferenceEndEv extends CiscoCallEv {
    int ID = 0x40003002;

    Call getConferencedCall();
    Call getFinalCall();
    TerminalConnection getHeldConferenceController();
    TerminalConnection getTalkingConferenceController();
    Address getConferenceControllerAddress();
    boolean isSuccess();
    Call[] getFailedCalls();
}
