package javax.telephony.events;

public interface ProvInServiceEv extends ProvEv {
    int ID = 111;
}
