package com.cisco.jtapi.extensions;

import javax.telephony.JtapiPeer;

public interface CiscoJtapiPeer extends JtapiPeer, CiscoObjectContainer {
    CiscoJtapiProperties getJtapiProperties();
    void setJtapiProperties(CiscoJtapiProperties properties);
}
