package javax.telephony;

import javax.telephony.events.CallEv;

public interface CallObserver {
    void callChangedEvent(javax.telephony.events.CallEv[] events);
}
