package com.cisco.jtapi.extensions;

import javax.telephony.TerminalObserver;

public interface CiscoTerminalObserver extends TerminalObserver {}
