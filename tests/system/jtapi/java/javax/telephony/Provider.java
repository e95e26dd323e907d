package javax.telephony;

public interface Provider {
    int IN_SERVICE = 16;
    int OUT_OF_SERVICE = 17;
    int SHUTDOWN = 18;

    int getState();
    String getName();
    Terminal[] getTerminals() throws ResourceUnavailableException;
    Address[] getAddresses() throws ResourceUnavailableException;
    Call[] getCalls() throws ResourceUnavailableException;
    Terminal getTerminal(String name) throws InvalidArgumentException;
    Address getAddress(String number) throws InvalidArgumentException;
    Call createCall()
            throws ResourceUnavailableException, InvalidStateException, PrivilegeViolationException,
                    MethodNotSupportedException;
    void addObserver(ProviderObserver observer)
            throws ResourceUnavailableException, MethodNotSupportedException;
    void removeObserver(ProviderObserver observer);
    ProviderObserver[] getObservers();
    javax.telephony.capabilities.ProviderCapabilities getProviderCapabilities();
    void shutdown();
}
