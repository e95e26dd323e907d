package standin;

import javax.telephony.JtapiPeer;
import javax.telephony.Provider;

import standin.control.Control;
import standin.core.Refusal;
import standin.face.Opening;

/** A peer of plain JTAPI. */
public final class PlainPeer implements JtapiPeer {
    private final Flavour flavour = new PlainFlavour();

    public PlainPeer() {
        Control.start();
        Gate.enter("JtapiPeerFactory", "getJtapiPeer");
    }

    @Override
    public String getName() {
        return "PlainPeer";
    }

    @Override
    public String[] getServices() {
        return new String[] {"127.0.0.1"};
    }

    @Override
    public Provider getProvider(String text) {
        try {
            Gate.enter("JtapiPeer", "getProvider");
            return Opening.open(flavour, text);
        } catch (Refusal refusal) {
            throw (RuntimeException) flavour.exception(refusal, this);
        }
    }
}
