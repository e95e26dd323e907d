package com.cisco.jtapi.extensions;

public interface CiscoCallID {
    int intValue();
    int getCallManagerID();
    int getGlobalCallID();
    CiscoCall getCall();
}
