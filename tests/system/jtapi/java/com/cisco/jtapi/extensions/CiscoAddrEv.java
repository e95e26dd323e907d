package com.cisco.jtapi.extensions;

import javax.telephony.events.AddrEv;

public interface CiscoAddrEv extends CiscoEv, AddrEv {}
