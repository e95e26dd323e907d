package javax.telephony.events;

public interface TermConnDroppedEv extends TermConnEv {
    int ID = 117;
}
