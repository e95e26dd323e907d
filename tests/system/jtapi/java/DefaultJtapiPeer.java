import com.cisco.jtapi.extensions.CiscoJtapiPeer;
import com.cisco.jtapi.extensions.CiscoJtapiProperties;

import javax.telephony.Provider;

import standin.Gate;
import standin.cisco.CiscoFlavour;
import standin.control.Control;
import standin.core.Refusal;
import standin.face.Opening;

/** The peer that is taken when none is named, in the unnamed package as the library has it. */
public final class DefaultJtapiPeer implements CiscoJtapiPeer {
    private final CiscoFlavour flavour = new CiscoFlavour();
    private CiscoJtapiProperties properties = (CiscoJtapiProperties) Opening.properties(flavour);

    public DefaultJtapiPeer() {
        Control.start();
        Gate.enter("JtapiPeerFactory", "getJtapiPeer");
    }

    @Override
    public String getName() {
        return "DefaultJtapiPeer";
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

    @Override
    public CiscoJtapiProperties getJtapiProperties() {
        Gate.enter("CiscoJtapiPeer", "getJtapiProperties");
        return properties;
    }

    @Override
    public void setJtapiProperties(CiscoJtapiProperties given) {
        Gate.enter("CiscoJtapiPeer", "setJtapiProperties");
        properties = given;
    }
}
