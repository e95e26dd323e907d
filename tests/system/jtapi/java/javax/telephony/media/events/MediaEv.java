package javax.telephony.media.events;

import javax.telephony.events.Ev;

public interface MediaEv extends Ev {}
