package javax.telephony.callcontrol.events;

public interface CallCtlConnNetworkAlertingEv extends CallCtlConnEv {
    int ID = 209;
}
