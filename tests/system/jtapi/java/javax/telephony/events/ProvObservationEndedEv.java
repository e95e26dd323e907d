package javax.telephony.events;

public interface ProvObservationEndedEv extends ProvEv {
    int ID = 112;
}
