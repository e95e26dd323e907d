package com.cisco.jtapi.extensions;

public interface CiscoJtapiProperties {
    int getDesiredServerHeartbeatInterval();
    void setDesiredServerHeartbeatInterval(int value);
    int getProviderOpenRequestTimeout();
    void setProviderOpenRequestTimeout(int value);
    int getProviderOpenRetryAttempts();
    void setProviderOpenRetryAttempts(int value);
    int getProviderRetryInterval();
    void setProviderRetryInterval(int value);
    int getCtiRequestTimeout();
    void setCtiRequestTimeout(int value);
    int getCallRedirectResponseTimeout();
    void setCallRedirectResponseTimeout(int value);
    int getJtapiPostConditionTimeout();
    void setJtapiPostConditionTimeout(int value);
    int getJavaSocketConnectTimeout();
    void setJavaSocketConnectTimeout(int value);
    int getRouteSelectTimeout();
    void setRouteSelectTimeout(int value);
    int getApplicationPriority();
    void setApplicationPriority(int value);
    int getQueueSizeThreshold();
    void setQueueSizeThreshold(int value);
    int getPeriodicWakeupInterval();
    void setPeriodicWakeupInterval(int value);
    int getNumTraceFiles();
    void setNumTraceFiles(int value);
    int getTraceFileSize();
    void setTraceFileSize(int value);
    boolean getDropAnyPartyEnabled();
    void setDropAnyPartyEnabled(boolean on);
    boolean getHuntListEnabled();
    void setHuntListEnabled(boolean on);
    boolean getQueueStatsEnabled();
    void setQueueStatsEnabled(boolean on);
    boolean getPeriodicWakeupEnabled();
    void setPeriodicWakeupEnabled(boolean on);
    boolean getUseFileTrace();
    void setUseFileTrace(boolean on);
    boolean getUseJavaConsoleTrace();
    void setUseJavaConsoleTrace(boolean on);
    boolean getUseSyslog();
    void setUseSyslog(boolean on);
    boolean getUseAlarmService();
    void setUseAlarmService(boolean on);
    String getTracePath();
    void setTracePath(String value);
    String getTraceDirectory();
    void setTraceDirectory(String value);
    String getFileNameBase();
    void setFileNameBase(String value);
    String getFileNameExtension();
    void setFileNameExtension(String value);
    String[] getTraceNames();
    boolean getTraceValue(String name);
    void setTraceValue(String name, boolean on);
    String[] getDebuggingNames();
    boolean getDebuggingValue(String name);
    void setDebuggingValue(String name, boolean on);
    String[] getServices();
    void setServices(String[] servers);
    boolean getUniqueJTAPIPropertiesPerPeer();
    void setSecurityPropertyForInstance(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, boolean enable);
    void setSecurityPropertyForInstance(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, boolean enable, String passphrase);
    void setSecurityPropertyForInstance(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, boolean enable, String passphrase, boolean fips);
    void updateCertificate(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    void updateCertificate(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, String passphrase)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    void updateCertificate(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, String passphrase, boolean fips)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    void updateServerCertificate(
            String user, String instance, String tftp, String tftpPort, String certPath)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    void updateServerCertificate(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    void updateServerCertificate(
            String user, String instance, String authCode, String tftp, String tftpPort, String capf,
            String capfPort, String certPath, boolean fips)
            throws Exception, java.io.IOException, java.net.UnknownHostException;
    boolean IsCertificateUpdated(String user, String instance);
    void deleteSecurityPropertyForInstance(String user, String instance, String tftp, String certPath);
    void deleteCertificates(String user, String instance, String tftp, String certPath);
    java.util.Hashtable<?, ?> getSecurityPropertyForInstance();
    java.util.Hashtable<?, ?> getSecurityPropertyForInstance(String user, String instance);
}
