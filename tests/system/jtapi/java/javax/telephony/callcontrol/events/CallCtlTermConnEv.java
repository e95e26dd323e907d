package javax.telephony.callcontrol.events;

import javax.telephony.events.TermConnEv;

public interface CallCtlTermConnEv extends CallCtlCallEv, TermConnEv {}
