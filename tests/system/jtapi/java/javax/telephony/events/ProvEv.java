package javax.telephony.events;

import javax.telephony.Provider;

public interface ProvEv extends Ev {
    Provider getProvider();
}
