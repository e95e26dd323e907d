package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.TerminalConnection;

public interface CiscoConferenceStartEv extends CiscoCallEv {
    int ID = 0x40003003;

    Call getConferencedCall();
    Call[] getConferencedCalls();
    Call getFinalCall();
    TerminalConnection getHeldConferenceController();
    TerminalConnection[] getHeldConferenceControllers();
    TerminalConnection getTalkingConferenceController();
    Address getConferenceControllerAddress();
    Address getOriginalConferenceControllerAddress();
    String getControllerTerminalName();
}
