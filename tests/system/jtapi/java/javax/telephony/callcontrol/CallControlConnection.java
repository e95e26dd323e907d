package javax.telephony.callcontrol;

import javax.telephony.Connection;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;

public interface CallControlConnection extends Connection {
    int IDLE = 80;
    int OFFERED = 81;
    int OFFERING = 81;
    int QUEUED = 82;
    int ALERTING = 83;
    int INITIATED = 84;
    int DIALING = 85;
    int NETWORK_REACHED = 86;
    int NETWORK_ALERTING = 87;
    int ESTABLISHED = 88;
    int DISCONNECTED = 89;
    int FAILED = 90;
    int UNKNOWN = 91;

    int getCallControlState();
    void accept()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    void reject()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    void addToAddress(String digits)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
    Connection redirect(String number)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
    Connection park(String number)
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException, InvalidPartyException;
}
