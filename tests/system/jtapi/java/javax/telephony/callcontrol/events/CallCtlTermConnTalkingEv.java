package javax.telephony.callcontrol.events;

public interface CallCtlTermConnTalkingEv extends CallCtlTermConnEv {
    int ID = 219;
}
