package javax.telephony.events;

public interface AddrObservationEndedEv extends AddrEv {
    int ID = 100;
}
