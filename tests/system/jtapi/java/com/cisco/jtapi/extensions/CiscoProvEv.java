package com.cisco.jtapi.extensions;

import javax.telephony.events.ProvEv;

public interface CiscoProvEv extends CiscoEv, ProvEv {
    int CAUSE_NORMAL = 0;
    int CAUSE_EM_LOGIN = 1;
    int CAUSE_EM_LOGOUT = 2;
    int CAUSE_EM_LOGIN_PROFILE_ADD = 3;
    int CAUSE_EM_LOGOUT_PROFILE_REMOVE = 4;

    int getCiscoCause();
}
