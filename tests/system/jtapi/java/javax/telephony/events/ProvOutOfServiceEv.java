package javax.telephony.events;

public interface ProvOutOfServiceEv extends ProvEv {
    int ID = 113;
}
