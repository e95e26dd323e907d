package javax.telephony.callcontrol.events;

public interface CallCtlConnUnknownEv extends CallCtlConnEv {
    int ID = 213;
}
