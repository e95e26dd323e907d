package javax.telephony.callcontrol.events;

public interface CallCtlConnFailedEv extends CallCtlConnEv {
    int ID = 207;
}
