package javax.telephony;

public interface Call {
    int IDLE = 32;
    int ACTIVE = 33;
    int INVALID = 34;

    int getState();
    Provider getProvider();
    Connection[] getConnections();
    Connection[] connect(Terminal terminal, Address address, String number)
            throws ResourceUnavailableException, PrivilegeViolationException, InvalidPartyException,
                    InvalidArgumentException, InvalidStateException, MethodNotSupportedException;
    void addObserver(CallObserver observer) throws ResourceUnavailableException, MethodNotSupportedException;
    void removeObserver(CallObserver observer);
    CallObserver[] getObservers();
}
