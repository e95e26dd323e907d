package javax.telephony.events;

public interface TermConnCreatedEv extends TermConnEv {
    int ID = 116;
}
