package javax.telephony.events;

public interface CallActiveEv extends CallEv {
    int ID = 101;
}
