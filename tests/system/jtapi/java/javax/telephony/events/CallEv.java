package javax.telephony.events;

import javax.telephony.Call;

public interface CallEv extends Ev {
    Call getCall();
}
