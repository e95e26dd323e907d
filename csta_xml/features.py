"""Names of features in the schema's order: capability lists, filter flags, request types (ECMA-323).

Data only. Order matters where it is given: the lists are sequences, and wrong order is an invalid message.
In capability lists two events are spelt otherwise than as filter flags: netwReached, netwCapsChanged.
"""

from collections.abc import Mapping

Groups = Mapping[str, tuple[str, ...]]


def _groups(text: str) -> dict[str, tuple[str, ...]]:
    """Read `group: name name ...` paragraphs; further lines of a group are indented."""
    groups: dict[str, tuple[str, ...]] = {}
    for line in text.replace("\n        ", " ").strip().splitlines():
        group, _, names = line.strip().partition(":")
        groups[group] = tuple(names.split())
    return groups


#: supportedServices: every list and what it may hold.
SERVICE_LISTS: Groups = _groups("""
    capExchangeServList: getCSTAFeatures getLogicalDeviceInformation getPhysicalDeviceInformation
        getSwitchingFunctionCaps getSwitchingFunctionDevices switchingFunctionDevices
    systemStatServList: changeSystemStatusFilter systemRegister systemStatusRegisterAbort
        systemStatusRegisterCancel requestSystemStatus systemStatus swFunctionCapsChanged
        swFunctionDevicesChanged
    monitoringServList: changeMonitorFilter monitorStart monitorStop
    snapshotServList: snapshotCall snapshotDevice snapshotCallData snapshotDeviceData
    callControlServList: acceptCall alternateCall answerCall callBack callBackMessage campOnCall clearCall
        clearConnection conferenceCall consultationCall deflectCall dialDigits directedPickupCall
        groupPickupCall holdCall intrudeCall joinCall makeCall makePredictiveCall parkCall reconnectCall
        retrieveCall sendMessage singleStepConference singleStepTransfer transferCall
    callAssociatedServList: associateData cancelTelephonyTones changeConnectionInformation generateDigits
        generateTelephonyTones sendUserInformation
    mediaServList: attachMediaService detachMediaService
    routeingServList: routeRegister routeRegisterCancel routeRegisterAbort reRoute routeEnd routeReject
        routeRequest routeSelect routeUsed
    physDevServList: buttonPress getAuditoryApparatusInfo getButtonInformation getDisplay
        getHookSwitchStatus getLampInfo getLampMode getMessageWaitingIndicator getMicrophoneGain
        getMicrophoneMute getRingerStatus getSpeakerMute getSpeakerVolume setButtonInformation setDisplay
        setHookSwitchStatus setLampMode setMessageWaitingIndicator setMicrophoneGain setMicrophoneMute
        setRingerStatus setSpeakerMute setSpeakerVolume
    logicalServList: callBackNonCallRel callBackMsgNonCallRel cancelCallBack cancelCallBackMsg
        getAgentState getAutoAnswer getAutoWorkMode getCallerIDStatus getDoNotDisturb getForwarding
        getLastNumberDialed getRouteingMode setAgentState setAutoAnswer setAutoWorkMode setCallerIDStatus
        setDoNotDisturb setForwarding setRouteingMode
    iOServicesServList: ioRegister ioRegisterAbort ioRegisterCancel dataPathResumed dataPathSuspended
        fastData resumeDataPath sendBroadcastData sendData sendMulticastData startDataPath stopDataPath
        suspendDataPath
    dataCollectionServList: dataCollected dataCollectionResumed dataCollectionSuspended
        resumeDataCollection startDataCollection stopDataCollection suspendDataCollection
    voiceServList: activate clear deactivate concatenateMsg deleteMsg queueService playMsg
        queryVoiceAttrib recordMsg reposition resume review start setVoiceAttrib stop suspend
        synthesizeMsg
    cDRServList: cdrNotification cdrReport sendStoredCDRs startCDRTransmission stopCDRTransmission
    vendorSpecificServList: escapeRegister escapeRegisterCancel escapeRegisterAbort escape
        privateDataVersionSelection
""")

#: supportedEvents, likewise.
EVENT_LISTS: Groups = _groups("""
    callControlEvtsList: bridged callCleared conferenced connectionCleared delivered digitsDialed diverted
        established failed held netwCapsChanged netwReached offered originated queued retrieved
        serviceInitiated transferred
    callAssociatedEvtsList: callInformation charging digitsGenerated telephonyTonesGenerated
        serviceCompletionFailure
    mediaEvtsList: mediaAttached mediaDetached
    physDevEvtsList: buttonInformation buttonPress displayUpdated hookswitch lampMode messageWaiting
        microphoneGain microphoneMute ringerStatus speakerMute speakerVolume
    logicalEvtsList: agentBusy agentLoggedOff agentLoggedOn agentNotReady agentReady agentWorkingAfterCall
        autoAnswer autoWorkMode callBack callBackMessage callerIDStatus doNotDisturb forwarding
        routeingMode
    deviceMaintEvtsList: backInService deviceCapsChanged outOfService partiallyInService
    voiceEvtsList: bookmarkReached completed dtmfDetected emptied interruptionDetected notRecognized play
        recognized record reviewEvent started silenceTimeoutExpired speechDetected stopEvent suspendPlay
        suspendRecord voiceAttribChanged voiceErrorOccurred
    vendorSpecificEvtsList: privateEvent
""")

#: A monitor filter names each event once, so that a filter is simply the set of names kept back.
FILTER_FLAGS: Groups = _groups("""
    callcontrol: bridged callCleared conferenced connectionCleared delivered digitsDialed diverted
        established failed held networkCapabilitiesChanged networkReached offered originated queued
        retrieved serviceInitiated transferred
    callAssociated: callInformation charging digitsGenerated telephonyTonesGenerated
        serviceCompletionFailure
    physicalDeviceFeature: buttonInformation buttonPress displayUpdated hookswitch lampMode messageWaiting
        microphoneGain microphoneMute ringerStatus speakerMute speakerVolume
    logicalDeviceFeature: agentBusy agentLoggedOn agentLoggedOff agentNotReady agentReady
        agentWorkingAfterCall autoAnswer autoWorkMode callBack callBackMessage callerIDStatus doNotDisturb
        forwarding routeingMode
    maintenance: backInService deviceCapabilityChanged outOfService partiallyInService
""")

#: callOrigination of do not disturb: which callers it is against.
CALL_ORIGINATION = ("internal", "external")

#: requestTypes of SystemRegister.
REQUEST_TYPES = (
    "systemStatus",
    "requestSystemStatus",
    "switchingFunctionCapsChanged",
    "switchingFunctionDevicesChanged",
)

#: requestedStatusFilter and actualStatusFilter; here it is messageLost, in SystemStatus messagesLost.
STATUS_FLAGS = (
    "initializing",
    "enabled",
    "normal",
    "messageLost",
    "disabled",
    "partiallyDisabled",
    "overloadImminent",
    "overloadReached",
    "overloadRelieved",
)
