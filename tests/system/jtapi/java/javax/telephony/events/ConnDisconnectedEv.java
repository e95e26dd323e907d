package javax.telephony.events;

public interface ConnDisconnectedEv extends ConnEv {
    int ID = 107;
}
