package javax.telephony.callcontrol.events;

import javax.telephony.events.ConnEv;

public interface CallCtlConnEv extends CallCtlCallEv, ConnEv {}
