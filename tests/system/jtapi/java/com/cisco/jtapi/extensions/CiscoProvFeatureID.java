package com.cisco.jtapi.extensions;

public interface CiscoProvFeatureID {
    int MONITOR_CALLPARK_DN = 1234;
    int TERMINAL_REGISTER_UNREGISTER_EVENT_NOTIFY = 1235;
}
