package com.cisco.jtapi.extensions;

public interface CiscoAddressCallInfo {
    CiscoCall[] getCalls();
    int getNumActiveCalls();
    int getNumCallsOnHold();
    int getMaxActiveCalls();
    int getMaxCallsOnHold();
}
