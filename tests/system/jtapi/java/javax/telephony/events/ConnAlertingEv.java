package javax.telephony.events;

public interface ConnAlertingEv extends ConnEv {
    int ID = 104;
}
