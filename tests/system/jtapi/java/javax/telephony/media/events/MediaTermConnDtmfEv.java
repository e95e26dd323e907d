package javax.telephony.media.events;

public interface MediaTermConnDtmfEv extends MediaTermConnEv {
    int ID = 401;

    char getDtmfDigit();
}
