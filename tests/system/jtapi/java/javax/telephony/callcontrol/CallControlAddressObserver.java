package javax.telephony.callcontrol;

import javax.telephony.AddressObserver;

public interface CallControlAddressObserver extends AddressObserver {}
