package javax.telephony.callcontrol;

import javax.telephony.TerminalObserver;

public interface CallControlTerminalObserver extends TerminalObserver {}
