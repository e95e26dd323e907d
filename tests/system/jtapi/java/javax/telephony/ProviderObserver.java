package javax.telephony;

import javax.telephony.events.ProvEv;

public interface ProviderObserver {
    void providerChangedEvent(javax.telephony.events.ProvEv[] events);
}
