package javax.telephony.media.events;

public interface MediaTermConnStateEv extends MediaTermConnEv {
    int ID = 402;
}
