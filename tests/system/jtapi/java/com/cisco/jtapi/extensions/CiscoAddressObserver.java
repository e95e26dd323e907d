package com.cisco.jtapi.extensions;

import javax.telephony.AddressObserver;

public interface CiscoAddressObserver extends AddressObserver {}
