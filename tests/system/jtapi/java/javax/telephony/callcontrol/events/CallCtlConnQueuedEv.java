package javax.telephony.callcontrol.events;

public interface CallCtlConnQueuedEv extends CallCtlConnEv {
    int ID = 212;

    int getNumberInQueue();
}
