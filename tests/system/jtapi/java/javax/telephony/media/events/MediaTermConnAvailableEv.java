package javax.telephony.media.events;

public interface MediaTermConnAvailableEv extends MediaTermConnEv {
    int ID = 400;
}
