package javax.telephony.callcontrol.events;

public interface CallCtlTermConnUnknownEv extends CallCtlTermConnEv {
    int ID = 220;
}
