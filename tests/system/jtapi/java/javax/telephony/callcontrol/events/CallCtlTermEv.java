package javax.telephony.callcontrol.events;

import javax.telephony.events.TermEv;

public interface CallCtlTermEv extends CallCtlEv, TermEv {}
