package javax.telephony.events;

public interface ConnInProgressEv extends ConnEv {
    int ID = 109;
}
