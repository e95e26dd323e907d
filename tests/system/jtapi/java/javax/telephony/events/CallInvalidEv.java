package javax.telephony.events;

public interface CallInvalidEv extends CallEv {
    int ID = 102;
}
