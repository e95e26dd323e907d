package com.cisco.jtapi.extensions;

import javax.telephony.ProviderObserver;

public interface CiscoProviderObserver extends ProviderObserver {}
