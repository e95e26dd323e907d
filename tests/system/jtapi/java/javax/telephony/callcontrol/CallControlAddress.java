package javax.telephony.callcontrol;

import javax.telephony.Address;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;

public interface CallControlAddress extends Address {
    void setForwarding(CallControlForwarding[] instructions)
            throws MethodNotSupportedException, InvalidStateException, InvalidArgumentException;
    CallControlForwarding[] getForwarding() throws MethodNotSupportedException;
    void cancelForwarding() throws MethodNotSupportedException, InvalidStateException;
    void setMessageWaiting(boolean on) throws MethodNotSupportedException, InvalidStateException;
    boolean getMessageWaiting() throws MethodNotSupportedException;
    void setDoNotDisturb(boolean on) throws MethodNotSupportedException, InvalidStateException;
    boolean getDoNotDisturb() throws MethodNotSupportedException;
}
