package javax.telephony.events;

public interface TermObservationEndedEv extends TermEv {
    int ID = 121;
}
