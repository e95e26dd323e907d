package javax.telephony;

import javax.telephony.events.AddrEv;

public interface AddressObserver {
    void addressChangedEvent(javax.telephony.events.AddrEv[] events);
}
