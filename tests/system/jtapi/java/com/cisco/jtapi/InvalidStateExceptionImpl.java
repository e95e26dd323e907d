package com.cisco.jtapi;

import com.cisco.jtapi.extensions.CiscoJtapiException;

import javax.telephony.InvalidStateException;

public final class InvalidStateExceptionImpl extends InvalidStateException
        implements CiscoJtapiException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public InvalidStateExceptionImpl(Object object, int objectType, int state, String message, int code) {
        super(object, objectType, state, message);
        this.code = code;
    }

    @Override
    public int getErrorCode() {
        return code;
    }

    @Override
    public String getErrorName() {
        return getErrorName(code);
    }

    @Override
    public String getErrorDescription() {
        return getErrorDescription(code);
    }

    @Override
    public String getErrorName(int code) {
        return ErrorNames.name(code);
    }

    @Override
    public String getErrorDescription(int code) {
        return ErrorNames.description(code);
    }
}
