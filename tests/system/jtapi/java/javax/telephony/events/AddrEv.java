package javax.telephony.events;

import javax.telephony.Address;

public interface AddrEv extends Ev {
    Address getAddress();
}
