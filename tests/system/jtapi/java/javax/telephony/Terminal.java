package javax.telephony;

public interface Terminal {
    String getName();
    Provider getProvider();
    Address[] getAddresses();
    TerminalConnection[] getTerminalConnections();
    void addObserver(TerminalObserver observer)
            throws ResourceUnavailableException, MethodNotSupportedException;
    void removeObserver(TerminalObserver observer);
    TerminalObserver[] getObservers();
    void addCallObserver(CallObserver observer)
            throws ResourceUnavailableException, MethodNotSupportedException;
    void removeCallObserver(CallObserver observer);
    CallObserver[] getCallObservers();
}
