package com.cisco.jtapi.extensions;

public interface CiscoTermEvFilter {
    void setDNDChangedEvFilter(boolean on);
    void setDNDOptionChangedEvFilter(boolean on);
    void setDeviceStateIdleEvFilter(boolean on);
    void setDeviceStateActiveEvFilter(boolean on);
    void setDeviceStateAlertingEvFilter(boolean on);
    void setDeviceStateHeldEvFilter(boolean on);
    void setDeviceStateWhisperEvFilter(boolean on);
    void setSnapshotEnabled(boolean on);
    void setButtonPressedEnabled(boolean on);
    void setDeviceDataEnabled(boolean on);
    void setRTPEventsEnabled(boolean on);
    void setRTPKeyEventsEnabled(boolean on);
    void setHuntLogStatusChangedEvFilter(boolean on);
}
