package javax.telephony.callcontrol.events;

import javax.telephony.events.AddrEv;

public interface CallCtlAddrEv extends CallCtlEv, AddrEv {}
