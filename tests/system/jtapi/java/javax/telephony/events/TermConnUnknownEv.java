package javax.telephony.events;

public interface TermConnUnknownEv extends TermConnEv {
    int ID = 120;
}
