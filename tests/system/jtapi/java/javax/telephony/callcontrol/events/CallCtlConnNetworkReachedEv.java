package javax.telephony.callcontrol.events;

public interface CallCtlConnNetworkReachedEv extends CallCtlConnEv {
    int ID = 210;
}
