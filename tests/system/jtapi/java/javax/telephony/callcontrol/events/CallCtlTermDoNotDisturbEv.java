package javax.telephony.callcontrol.events;

public interface CallCtlTermDoNotDisturbEv extends CallCtlTermEv {
    int ID = 221;

    boolean getDoNotDisturbState();
}
