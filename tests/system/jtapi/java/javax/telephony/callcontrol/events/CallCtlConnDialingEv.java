package javax.telephony.callcontrol.events;

public interface CallCtlConnDialingEv extends CallCtlConnEv {
    int ID = 204;

    String getDigits();
}
