package javax.telephony.callcontrol.events;

public interface CallCtlTermConnHeldEv extends CallCtlTermConnEv {
    int ID = 216;
}
