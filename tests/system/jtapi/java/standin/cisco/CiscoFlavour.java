package standin.cisco;

import com.cisco.jtapi.InvalidArgumentExceptionImpl;
import com.cisco.jtapi.InvalidPartyExceptionImpl;
import com.cisco.jtapi.InvalidStateExceptionImpl;
import com.cisco.jtapi.MethodNotSupportedExceptionImpl;
import com.cisco.jtapi.PlatformExceptionImpl;
import com.cisco.jtapi.PrivilegeViolationExceptionImpl;
import com.cisco.jtapi.ResourceUnavailableExceptionImpl;
import com.cisco.jtapi.extensions.CiscoAddress;
import com.cisco.jtapi.extensions.CiscoCallEv;
import com.cisco.jtapi.extensions.CiscoConnection;
import com.cisco.jtapi.extensions.CiscoConsultCall;
import com.cisco.jtapi.extensions.CiscoProvEv;
import com.cisco.jtapi.extensions.CiscoProvider;
import com.cisco.jtapi.extensions.CiscoProviderCapabilityChangedEv;
import com.cisco.jtapi.extensions.CiscoTerminal;
import com.cisco.jtapi.extensions.CiscoTerminalConnection;

import javax.telephony.callcontrol.CallControlAddress;
import javax.telephony.events.CallEv;
import javax.telephony.media.MediaTerminalConnection;

import standin.Flavour;
import standin.core.Refusal;

/** The objects have the manufacturer's interfaces, its events come, its exceptions are thrown. */
public final class CiscoFlavour extends Flavour {
    private static final String PACKAGE = "com.cisco.jtapi.extensions.";

    @Override
    public Class<?>[] faces(String kind) {
        switch (kind) {
            case "Provider":
                return new Class<?>[] {CiscoProvider.class};
            case "Terminal":
                return new Class<?>[] {CiscoTerminal.class};
            case "Address":
                return new Class<?>[] {CiscoAddress.class, CallControlAddress.class};
            case "Call":
                return new Class<?>[] {CiscoConsultCall.class};
            case "Connection":
                return new Class<?>[] {CiscoConnection.class};
            case "TerminalConnection":
                return new Class<?>[] {CiscoTerminalConnection.class, MediaTerminalConnection.class};
            default:
                return value(kind);
        }
    }

    private static Class<?>[] value(String kind) {
        try {
            return new Class<?>[] {Class.forName(PACKAGE + kind)};
        } catch (ClassNotFoundException missing) {
            throw new IllegalArgumentException(missing);
        }
    }

    @Override
    public Class<?>[] faces(Class<?> event) {
        if (event == CiscoProviderCapabilityChangedEv.class) {
            return new Class<?>[] {event, CiscoProvEv.class};
        }
        if (!CallEv.class.isAssignableFrom(event) || CiscoCallEv.class.isAssignableFrom(event)) {
            return new Class<?>[] {event};
        }
        return new Class<?>[] {event, CiscoCallEv.class};
    }

    @Override
    protected String more() {
        return PACKAGE;
    }

    @Override
    public Exception exception(Refusal refusal, Object source) {
        String text = refusal.getMessage();
        switch (refusal.kind) {
            case "InvalidState":
                return new InvalidStateExceptionImpl(source, refusal.type, refusal.state, text, refusal.code);
            case "InvalidArgument":
                return new InvalidArgumentExceptionImpl(text, refusal.code);
            case "InvalidParty":
                return new InvalidPartyExceptionImpl(refusal.type, text, refusal.code);
            case "PrivilegeViolation":
                return new PrivilegeViolationExceptionImpl(refusal.type, text, refusal.code);
            case "ResourceUnavailable":
                return new ResourceUnavailableExceptionImpl(refusal.type, text, refusal.code);
            case "MethodNotSupported":
                return new MethodNotSupportedExceptionImpl(text, refusal.code);
            default:
                return new PlatformExceptionImpl(text, refusal.code);
        }
    }
}
