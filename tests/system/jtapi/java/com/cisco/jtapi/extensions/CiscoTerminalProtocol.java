package com.cisco.jtapi.extensions;

public interface CiscoTerminalProtocol {
    int PROTOCOL_NONE = 0;
    int PROTOCOL_SCCP = 1;
    int PROTOCOL_SIP = 2;
    int PROTOCOL_CTI_REMOTE_DEVICE = 3;
}
