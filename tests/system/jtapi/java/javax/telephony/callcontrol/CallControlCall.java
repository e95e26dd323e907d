package javax.telephony.callcontrol;

import javax.telephony.Address;
import javax.telephony.Call;
import javax.telephony.Connection;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.Terminal;
import javax.telephony.TerminalConnection;

public interface CallControlCall extends Call {
    void drop()
            throws InvalidStateException, MethodNotSupportedException, PrivilegeViolationException,
                    ResourceUnavailableException;
    Connection[] consult(TerminalConnection leg, String number)
            throws ResourceUnavailableException, PrivilegeViolationException, InvalidPartyException,
                    InvalidArgumentException, InvalidStateException, MethodNotSupportedException;
    Connection consult(TerminalConnection leg)
            throws InvalidStateException, InvalidArgumentException, MethodNotSupportedException,
                    ResourceUnavailableException, PrivilegeViolationException;
    void setTransferController(TerminalConnection leg)
            throws InvalidArgumentException, InvalidStateException, MethodNotSupportedException,
                    ResourceUnavailableException;
    TerminalConnection getTransferController();
    void setConferenceController(TerminalConnection leg)
            throws InvalidArgumentException, InvalidStateException, MethodNotSupportedException,
                    ResourceUnavailableException;
    TerminalConnection getConferenceController();
    void transfer(Call other)
            throws InvalidStateException, InvalidArgumentException, InvalidPartyException,
                    MethodNotSupportedException, PrivilegeViolationException, ResourceUnavailableException;
    Connection transfer(String number)
            throws InvalidStateException, InvalidArgumentException, InvalidPartyException,
                    MethodNotSupportedException, PrivilegeViolationException, ResourceUnavailableException;
    void conference(Call other)
            throws InvalidStateException, InvalidArgumentException, MethodNotSupportedException,
                    PrivilegeViolationException, ResourceUnavailableException;
    void setTransferEnable(boolean on)
            throws InvalidArgumentException, InvalidStateException, MethodNotSupportedException,
                    PrivilegeViolationException;
    boolean getTransferEnable();
    void setConferenceEnable(boolean on)
            throws InvalidArgumentException, InvalidStateException, MethodNotSupportedException,
                    PrivilegeViolationException;
    boolean getConferenceEnable();
    Connection addParty(String number)
            throws InvalidStateException, InvalidPartyException, MethodNotSupportedException,
                    PrivilegeViolationException, ResourceUnavailableException;
    Connection offHook(Address address, Terminal terminal)
            throws InvalidStateException, MethodNotSupportedException, PrivilegeViolationException,
                    ResourceUnavailableException;
    Address getCallingAddress();
    Address getCalledAddress();
    Address getLastRedirectedAddress();
    Terminal getCallingTerminal();
}
