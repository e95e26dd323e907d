package com.cisco.jtapi.extensions;

public interface CiscoConnectionID {
    int intValue();
    CiscoConnection getConnection();
}
