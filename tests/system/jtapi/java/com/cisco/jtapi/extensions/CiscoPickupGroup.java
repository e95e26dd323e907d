package com.cisco.jtapi.extensions;

public interface CiscoPickupGroup {
    String getPickupGroupDN();
    String getPickupGroupPartition();
}
