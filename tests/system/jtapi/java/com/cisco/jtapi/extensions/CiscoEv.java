package com.cisco.jtapi.extensions;

import javax.telephony.events.Ev;

public interface CiscoEv extends Ev {}
