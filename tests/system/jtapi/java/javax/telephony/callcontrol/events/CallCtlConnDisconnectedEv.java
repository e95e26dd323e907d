package javax.telephony.callcontrol.events;

public interface CallCtlConnDisconnectedEv extends CallCtlConnEv {
    int ID = 205;
}
