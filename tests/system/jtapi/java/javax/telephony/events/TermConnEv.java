package javax.telephony.events;

import javax.telephony.TerminalConnection;

public interface TermConnEv extends CallEv {
    TerminalConnection getTerminalConnection();
}
