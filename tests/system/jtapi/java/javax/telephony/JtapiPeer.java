package javax.telephony;

public interface JtapiPeer {
    String getName();
    String[] getServices();
    Provider getProvider(String providerString);
}
