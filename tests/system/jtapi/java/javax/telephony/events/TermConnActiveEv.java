package javax.telephony.events;

public interface TermConnActiveEv extends TermConnEv {
    int ID = 115;
}
