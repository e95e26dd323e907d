package javax.telephony;

import javax.telephony.events.TermEv;

public interface TerminalObserver {
    void terminalChangedEvent(javax.telephony.events.TermEv[] events);
}
