package javax.telephony.callcontrol.events;

import javax.telephony.Address;
import javax.telephony.Terminal;
import javax.telephony.events.CallEv;

public interface CallCtlCallEv extends CallCtlEv, CallEv {
    Address getCallingAddress();
    Address getCalledAddress();
    Address getLastRedirectedAddress();
    Terminal getCallingTerminal();
}
