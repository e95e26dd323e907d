package javax.telephony;

/** Finds the implementation by the name of its class; without a name, the default one. */
public final class JtapiPeerFactory {
    private static final String DEFAULT = "DefaultJtapiPeer";

    private JtapiPeerFactory() {}

    public static synchronized JtapiPeer getJtapiPeer(String name) throws JtapiPeerUnavailableException {
        String wanted = name == null || name.isEmpty() ? DEFAULT : name;
        try {
            return (JtapiPeer) Class.forName(wanted).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError failure) {
            throw new JtapiPeerUnavailableException(
                    "JtapiPeer: " + wanted + " could not be instantiated: " + failure);
        }
    }
}
