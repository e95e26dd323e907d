package javax.telephony;

public interface Address {
    String getName();
    Provider getProvider();
    Terminal[] getTerminals();
    Connection[] getConnections();
    void addObserver(AddressObserver observer)
            throws ResourceUnavailableException, MethodNotSupportedException;
    void removeObserver(AddressObserver observer);
    AddressObserver[] getObservers();
    void addCallObserver(CallObserver observer)
            throws ResourceUnavailableException, MethodNotSupportedException;
    void removeCallObserver(CallObserver observer);
    CallObserver[] getCallObservers();
}
