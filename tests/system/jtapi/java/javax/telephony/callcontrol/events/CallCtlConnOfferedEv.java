package javax.telephony.callcontrol.events;

public interface CallCtlConnOfferedEv extends CallCtlConnEv {
    int ID = 211;
}
