package com.cisco.jtapi.extensions;

import javax.telephony.Address;

public interface CiscoPartyInfo {
    Address getAddress();
    String getDisplayName();
    String getUnicodeDisplayName();
    boolean getAddressPI();
    boolean getDisplayNamePI();
    String getVoiceMailbox();
    int getNumberType();
    CiscoUrlInfo getUrlInfo();
}
