package javax.telephony.callcontrol.events;

public interface CallCtlAddrDoNotDisturbEv extends CallCtlAddrEv {
    int ID = 200;

    boolean getDoNotDisturbState();
}
