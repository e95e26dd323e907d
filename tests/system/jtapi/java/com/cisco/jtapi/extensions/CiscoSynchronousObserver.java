package com.cisco.jtapi.extensions;

public interface CiscoSynchronousObserver {}
