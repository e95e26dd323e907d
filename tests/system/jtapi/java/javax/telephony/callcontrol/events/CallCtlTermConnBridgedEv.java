package javax.telephony.callcontrol.events;

public interface CallCtlTermConnBridgedEv extends CallCtlTermConnEv {
    int ID = 214;
}
