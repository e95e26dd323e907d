package javax.telephony.callcontrol;

import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.TerminalConnection;

public interface CallControlTerminalConnection extends TerminalConnection {
    int IDLE = 96;
    int RINGING = 97;
    int TALKING = 98;
    int HELD = 99;
    int BRIDGED = 100;
    int INUSE = 101;
    int DROPPED = 102;
    int UNKNOWN = 103;

    int getCallControlState();
    void hold()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    void unhold()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    void join()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    void leave()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
}
