package com.cisco.jtapi.extensions;

import javax.telephony.events.TermEv;

public interface CiscoTermEv extends CiscoEv, TermEv {}
