package javax.telephony.callcontrol.events;

public interface CallCtlTermConnDroppedEv extends CallCtlTermConnEv {
    int ID = 215;
}
