package standin;

import javax.telephony.Address;
import javax.telephony.InvalidArgumentException;
import javax.telephony.InvalidPartyException;
import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.PlatformException;
import javax.telephony.PrivilegeViolationException;
import javax.telephony.Provider;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.Terminal;
import javax.telephony.callcontrol.CallControlAddress;
import javax.telephony.callcontrol.CallControlCall;
import javax.telephony.callcontrol.CallControlConnection;
import javax.telephony.callcontrol.CallControlTerminalConnection;
import javax.telephony.media.MediaTerminalConnection;

import standin.core.Refusal;

/** javax.telephony and nothing else. */
public final class PlainFlavour extends Flavour {
    @Override
    public Class<?>[] faces(String kind) {
        switch (kind) {
            case "Provider":
                return new Class<?>[] {Provider.class};
            case "Terminal":
                return new Class<?>[] {Terminal.class};
            case "Address":
                return new Class<?>[] {CallControlAddress.class, Address.class};
            case "Call":
                return new Class<?>[] {CallControlCall.class};
            case "Connection":
                return new Class<?>[] {CallControlConnection.class};
            case "TerminalConnection":
                return new Class<?>[] {CallControlTerminalConnection.class, MediaTerminalConnection.class};
            default:
                return new Class<?>[0];
        }
    }

    @Override
    public Class<?>[] faces(Class<?> event) {
        return new Class<?>[] {event};
    }

    @Override
    protected String more() {
        return null;
    }

    @Override
    public Exception exception(Refusal refusal, Object source) {
        String text = refusal.getMessage();
        switch (refusal.kind) {
            case "InvalidState":
                return new InvalidStateException(source, refusal.type, refusal.state, text);
            case "InvalidArgument":
                return new InvalidArgumentException(text);
            case "InvalidParty":
                return new InvalidPartyException(refusal.type, text);
            case "PrivilegeViolation":
                return new PrivilegeViolationException(refusal.type, text);
            case "ResourceUnavailable":
                return new ResourceUnavailableException(refusal.type, text);
            case "MethodNotSupported":
                return new MethodNotSupportedException(text);
            default:
                return new PlatformException(text);
        }
    }
}
