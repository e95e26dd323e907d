package javax.telephony.events;

public interface CallObservationEndedEv extends CallEv {
    int ID = 103;

    Object getEndedObject();
}
