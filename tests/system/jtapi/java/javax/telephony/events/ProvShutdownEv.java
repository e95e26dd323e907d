package javax.telephony.events;

public interface ProvShutdownEv extends ProvEv {
    int ID = 114;
}
