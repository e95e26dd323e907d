package javax.telephony.callcontrol;

import javax.telephony.CallObserver;

public interface CallControlCallObserver extends CallObserver {}
