package javax.telephony.callcontrol.events;

public interface CallCtlConnAlertingEv extends CallCtlConnEv {
    int ID = 203;
}
