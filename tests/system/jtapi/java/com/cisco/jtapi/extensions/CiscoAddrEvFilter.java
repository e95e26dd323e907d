package com.cisco.jtapi.extensions;

public interface CiscoAddrEvFilter {
    void setCiscoAddrParkStatusEvFilter(boolean on);
    void setCiscoAddrPickupGroupChangedEvFilter(boolean on);
    void setCiscoAddrVoiceMailPilotChangedEvFilter(boolean on);
    void setCiscoAddrRecordingConfigChangedEvFilter(boolean on);
}
