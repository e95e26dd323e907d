package javax.telephony.events;

public interface ConnFailedEv extends ConnEv {
    int ID = 108;
}
