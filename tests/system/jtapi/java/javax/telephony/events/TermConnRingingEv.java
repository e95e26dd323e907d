package javax.telephony.events;

public interface TermConnRingingEv extends TermConnEv {
    int ID = 119;
}
