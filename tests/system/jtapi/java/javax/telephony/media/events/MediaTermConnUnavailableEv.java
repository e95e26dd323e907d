package javax.telephony.media.events;

public interface MediaTermConnUnavailableEv extends MediaTermConnEv {
    int ID = 403;
}
