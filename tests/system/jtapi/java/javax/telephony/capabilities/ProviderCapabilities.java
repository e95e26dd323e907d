package javax.telephony.capabilities;

public interface ProviderCapabilities {}
