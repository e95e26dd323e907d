package com.cisco.jtapi.extensions;

public interface CiscoProviderCapabilities extends javax.telephony.capabilities.ProviderCapabilities {
    boolean canObserveAnyTerminal();
    boolean canMonitorParkDNs();
    boolean canModifyCallingParty();
    boolean canRecord();
    boolean canMonitor();
    boolean canSupportConnectedTransferConference();
    boolean canObserveTerminalsWithRollOverMode();
    boolean canAutoPickup();
}
