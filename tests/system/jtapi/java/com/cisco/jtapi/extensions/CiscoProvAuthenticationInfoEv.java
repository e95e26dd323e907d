package com.cisco.jtapi.extensions;

public interface CiscoProvAuthenticationInfoEv extends CiscoProvEv {
    int ID = 0x40003016;
    int PASSWORD_EXPIRED = -1;

    int getDaysUntilPasswordExpiry();
}
