package com.cisco.jtapi.extensions;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.TerminalConnection;

public interface CiscoTransferStartEv extends CiscoCallEv {
    int ID = 0x40003006;

    Call getTransferredCall();
    Call getFinalCall();
    TerminalConnection getTransferController();
    TerminalConnection[] getTransferControllers();
    Address getTransferControllerAddress();
    String getControllerTerminalName();
}
