package javax.telephony.media.events;

import javax.telephony.events.TermConnEv;

public interface MediaTermConnEv extends MediaEv, TermConnEv {}
