package javax.telephony.media;

import javax.telephony.InvalidStateException;
import javax.telephony.MethodNotSupportedException;
import javax.telephony.ResourceUnavailableException;
import javax.telephony.TerminalConnection;

public interface MediaTerminalConnection extends TerminalConnection {
    int AVAILABLE = 128;
    int UNAVAILABLE = 129;

    void generateDtmf(String digits)
            throws MethodNotSupportedException, ResourceUnavailableException, InvalidStateException;
    int getMediaAvailability();
}
