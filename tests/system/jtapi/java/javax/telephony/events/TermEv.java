package javax.telephony.events;

import javax.telephony.Terminal;

public interface TermEv extends Ev {
    Terminal getTerminal();
}
