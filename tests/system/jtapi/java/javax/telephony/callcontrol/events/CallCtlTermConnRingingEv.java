package javax.telephony.callcontrol.events;

public interface CallCtlTermConnRingingEv extends CallCtlTermConnEv {
    int ID = 218;
}
