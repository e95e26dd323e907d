package javax.telephony.events;

public interface ConnUnknownEv extends ConnEv {
    int ID = 110;
}
