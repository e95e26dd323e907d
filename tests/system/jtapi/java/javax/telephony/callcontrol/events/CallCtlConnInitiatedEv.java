package javax.telephony.callcontrol.events;

public interface CallCtlConnInitiatedEv extends CallCtlConnEv {
    int ID = 208;
}
