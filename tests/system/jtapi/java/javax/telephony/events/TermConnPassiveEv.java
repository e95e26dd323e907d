package javax.telephony.events;

public interface TermConnPassiveEv extends TermConnEv {
    int ID = 118;
}
