package javax.telephony.callcontrol.events;

public interface CallCtlAddrMessageWaitingEv extends CallCtlAddrEv {
    int ID = 202;

    boolean getMessageWaitingState();
}
