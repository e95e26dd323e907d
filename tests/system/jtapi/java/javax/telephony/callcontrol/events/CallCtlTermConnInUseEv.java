package javax.telephony.callcontrol.events;

public interface CallCtlTermConnInUseEv extends CallCtlTermConnEv {
    int ID = 217;
}
