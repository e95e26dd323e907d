package javax.telephony.events;

public interface ConnCreatedEv extends ConnEv {
    int ID = 106;
}
