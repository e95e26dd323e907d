package javax.telephony.events;

public interface ConnConnectedEv extends ConnEv {
    int ID = 105;
}
