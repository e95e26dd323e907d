package javax.telephony.events;

import javax.telephony.Connection;

public interface ConnEv extends CallEv {
    Connection getConnection();
}
