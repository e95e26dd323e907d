package com.cisco.jtapi.extensions;

public interface CiscoUrlInfo {
    String getUser();
    String getHost();
    int getPort();
}
