package javax.telephony;

public interface Connection {
    int IDLE = 48;
    int INPROGRESS = 49;
    int ALERTING = 50;
    int CONNECTED = 51;
    int DISCONNECTED = 52;
    int FAILED = 53;
    int UNKNOWN = 54;

    int getState();
    Call getCall();
    Address getAddress();
    TerminalConnection[] getTerminalConnections();
    void disconnect()
            throws PrivilegeViolationException, ResourceUnavailableException, MethodNotSupportedException,
                    InvalidStateException;
}
