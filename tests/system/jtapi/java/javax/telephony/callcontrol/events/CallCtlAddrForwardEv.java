package javax.telephony.callcontrol.events;

import javax.telephony.callcontrol.CallControlForwarding;

public interface CallCtlAddrForwardEv extends CallCtlAddrEv {
    int ID = 201;

    CallControlForwarding[] getForwarding();
}
