package javax.telephony.media;

import javax.telephony.CallObserver;

public interface MediaCallObserver extends CallObserver {}
