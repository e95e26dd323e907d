package com.cisco.jtapi.extensions;

public interface CiscoProviderCapabilityChangedEv {
    int ID = 0x40000016;

    CiscoProviderCapabilities getCapability();
    boolean hasObserveAnyTerminalChanged();
}
