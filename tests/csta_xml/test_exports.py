"""The public names of csta_xml; other rooms import nothing else."""

import csta_xml

PUBLIC = """
    APPLICATION_SESSION ED3 EVENT_LISTS FILTER_FLAGS REQUEST_TYPES SERVICE_LISTS STATUS_FLAGS Absent
    AlternateCall AlternateCallResponse AnswerCall AnswerCallResponse ApplicationSessionTerminated
    AutoOriginate BackInServiceEvent BridgedEvent CSTAErrorCode CallClearedEvent CallId CallState
    Capability CapabilityList Cause ClearCall ClearCallResponse ClearConnection ClearConnectionResponse
    ConferenceCall ConferenceCallResponse ConferencedEvent ConnectionClearedEvent ConnectionId
    ConnectionListItem ConsultationCall ConsultationCallResponse DeflectCall DeflectCallResponse
    DeliveredEvent DeviceId DigitMode DirectedPickupCall DirectedPickupCallResponse DivertedEvent
    DoNotDisturbEvent Document ErrorCategory EstablishedEvent Event FailedEvent ForwardDefault
    ForwardListItem ForwardingEvent ForwardingType GenerateDigits GenerateDigitsResponse GetCSTAFeatures
    GetCSTAFeaturesResponse GetDoNotDisturb GetDoNotDisturbResponse GetForwarding GetForwardingResponse
    GetMessageWaitingIndicator GetMessageWaitingIndicatorResponse GroupPickupCall GroupPickupCallResponse
    HeldEvent HoldCall HoldCallResponse InvalidMessage LocalConnectionState MakeCall MakeCallResponse
    Message MessageWaitingEvent MonitorCrossRefId MonitorStart MonitorStartResponse MonitorStop
    MonitorStopResponse MonitorType NetworkReachedEvent OriginatedEvent OutOfServiceEvent ParkCall
    ParkCallResponse PartiallyInServiceEvent ParticipationType Party ReconnectCall ReconnectCallResponse
    Redirection RefusalReason RequestSystemStatus RequestSystemStatusResponse ResetApplicationSessionTimer
    ResetApplicationSessionTimerNegResponse ResetApplicationSessionTimerPosResponse Response RetrieveCall
    RetrieveCallResponse RetrievedEvent Service ServiceInitiatedEvent SessionEndReason SessionError
    SessionTermReason SetDoNotDisturb SetDoNotDisturbResponse SetForwarding SetForwardingResponse
    SetMessageWaitingIndicator SetMessageWaitingIndicatorResponse SimpleCallState SingleStepConferenceCall
    SingleStepConferenceCallResponse SingleStepTransferCall SingleStepTransferCallResponse SnapshotCall
    SnapshotCallInfo SnapshotCallResponse SnapshotDevice SnapshotDeviceInfo SnapshotDeviceResponse
    StartApplicationSession StartApplicationSessionNegResponse StartApplicationSessionPosResponse
    StopApplicationSession StopApplicationSessionNegResponse StopApplicationSessionPosResponse
    SystemRegister SystemRegisterAbort SystemRegisterCancel SystemRegisterCancelResponse
    SystemRegisterResponse SystemStatus SystemStatusResponse SystemStatusValue TransferCall
    TransferCallResponse TransferedEvent UnknownMessage XmlRefused decode decode_document encode
    is_csta_edition rewrite with_cross_ref
"""


def test_public_names() -> None:
    assert csta_xml.__all__ == PUBLIC.split()


def test_public_names_are_there() -> None:
    assert all(hasattr(csta_xml, name) for name in csta_xml.__all__)
