"""The public names of csta_xml; other rooms import nothing else."""

import csta_xml

PUBLIC = """
    APPLICATION_SESSION ED3 EVENT_LISTS FILTER_FLAGS REQUEST_TYPES SERVICE_LISTS STATUS_FLAGS Absent
    AnswerCall AnswerCallResponse ApplicationSessionTerminated AutoOriginate BackInServiceEvent
    CSTAErrorCode CallClearedEvent CallId CallState Capability CapabilityList Cause ClearConnection
    ClearConnectionResponse ConnectionClearedEvent ConnectionId DeliveredEvent DeviceId DivertedEvent
    Document ErrorCategory EstablishedEvent Event FailedEvent ForwardDefault ForwardListItem
    ForwardingEvent ForwardingType GetCSTAFeatures GetCSTAFeaturesResponse GetForwarding
    GetForwardingResponse HeldEvent HoldCall HoldCallResponse InvalidMessage LocalConnectionState
    MakeCall MakeCallResponse Message MonitorCrossRefId MonitorStart MonitorStartResponse MonitorStop
    MonitorStopResponse MonitorType NetworkReachedEvent OriginatedEvent OutOfServiceEvent Party
    Redirection RefusalReason RequestSystemStatus RequestSystemStatusResponse
    ResetApplicationSessionTimer ResetApplicationSessionTimerNegResponse
    ResetApplicationSessionTimerPosResponse Response RetrieveCall RetrieveCallResponse RetrievedEvent
    Service ServiceInitiatedEvent SessionEndReason SessionError SessionTermReason SetForwarding
    SetForwardingResponse SimpleCallState SnapshotDevice SnapshotDeviceInfo SnapshotDeviceResponse
    StartApplicationSession StartApplicationSessionNegResponse StartApplicationSessionPosResponse
    StopApplicationSession StopApplicationSessionNegResponse StopApplicationSessionPosResponse
    SystemRegister SystemRegisterResponse SystemStatus SystemStatusResponse SystemStatusValue
    UnknownMessage XmlRefused decode decode_document encode is_csta_edition rewrite with_cross_ref
"""


def test_public_names() -> None:
    assert csta_xml.__all__ == PUBLIC.split()


def test_public_names_are_there() -> None:
    assert all(hasattr(csta_xml, name) for name in csta_xml.__all__)
