package javax.telephony.callcontrol.events;

public interface CallCtlConnEstablishedEv extends CallCtlConnEv {
    int ID = 206;
}
