"""The table: which children each message has, and what they hold (ECMA-323 edition 3, ECMA-354).

One line per message, in the words and the order of the schema. Reading, writing and rewriting are compiled
from it: a further service is a line here and a value class. Children not named here are passed over.
"""

from collections.abc import Mapping
from typing import Any

from csta_xml import application_session as session
from csta_xml import call_control as call
from csta_xml import conference, diversion, events, monitoring, system, transfer, two_calls
from csta_xml import logical_device as logical
from csta_xml import physical_device as physical
from csta_xml.features import (
    CALL_ORIGINATION,
    EVENT_LISTS,
    FILTER_FLAGS,
    REQUEST_TYPES,
    SERVICE_LISTS,
    STATUS_FLAGS,
)
from csta_xml.flags import Capabilities, Flags, GroupedFlags
from csta_xml.kinds import Boolean, Choice, Connection, Device, Enumeration, ErrorCode, Integer, Kind, Text
from csta_xml.messages import ConnectionListItem, Message
from csta_xml.names import (
    Absent,
    AutoOriginate,
    DigitMode,
    ForwardDefault,
    ForwardingType,
    LocalConnectionState,
    MonitorType,
    ParticipationType,
    SessionEndReason,
    SessionError,
    SessionTermReason,
    SimpleCallState,
    SystemStatusValue,
)
from csta_xml.private import ApplicationInfo, Line
from csta_xml.structure import ListOf, SomeOf, Structure, Within

TEXT, FLAG, NUMBER, DEVICE, CON = Text(), Boolean(), Integer(), Device(), Connection()
PARTY = Choice(deviceIdentifier=DEVICE, notKnown=Absent.NOT_KNOWN, restricted=Absent.RESTRICTED)
REDIRECTION = Choice(
    numberDialed=DEVICE,
    notKnown=Absent.NOT_KNOWN,
    notRequired=Absent.NOT_REQUIRED,
    notSpecified=Absent.NOT_SPECIFIED,
    restricted=Absent.RESTRICTED,
)
STATE, STATUS = Enumeration(LocalConnectionState), Enumeration(SystemStatusValue)
ORIGINATE, FORWARDING, FORWARD_DEFAULT = (
    Enumeration(AutoOriginate),
    Enumeration(ForwardingType),
    Enumeration(ForwardDefault),
)
FILTER, STATUS_FILTER = GroupedFlags(FILTER_FLAGS), Flags(STATUS_FLAGS)
CALL_STATE = Choice(
    compoundCallState=ListOf(localConnectionState=STATE),
    simpleCallState=Enumeration(SimpleCallState),
    unknown=Absent.NOT_KNOWN,
)
SNAPSHOT = ListOf(
    snapshotDeviceResponseInfo=Structure(
        monitoring.SnapshotDeviceInfo,
        connectionIdentifier=CON,
        endpointDevice=PARTY,
        localCallState=CALL_STATE,
    )
)
DEVICES_ON_CALL = ListOf(
    snapshotCallResponseInfo=Structure(
        monitoring.SnapshotCallInfo,
        deviceOnCall=PARTY,
        callIdentifier=CON,
        localConnectionInfo=STATE,
    )
)
CONNECTION_ITEM = Structure(
    ConnectionListItem,
    newConnection=CON,
    oldConnection=CON,
    endpoint=Choice(deviceID=DEVICE, notKnown=Absent.NOT_KNOWN, restricted=Absent.RESTRICTED),
)
CONNECTIONS = ListOf(connectionListItem=CONNECTION_ITEM)
SOME_CONNECTIONS = SomeOf(connectionListItem=CONNECTION_ITEM)
FORWARDINGS = ListOf(
    forwardListItem=Structure(
        logical.ForwardListItem,
        forwardingType=FORWARDING,
        forwardStatus=FLAG,
        forwardDN=DEVICE,
        forwardDefault=FORWARD_DEFAULT,
        ringCount=NUMBER,
    )
)
HELD_AND_ACTIVE: dict[str, Kind[Any]] = {"heldCall": CON, "activeCall": CON}
OLD_CALLS: dict[str, Kind[Any]] = {"primaryOldCall": CON, "secondaryOldCall": CON}
REF = {"monitorCrossRefID": TEXT}
DO_NOT_DISTURB: dict[str, Kind[Any]] = {
    "doNotDisturbOn": FLAG,
    "callOrigination": Flags(CALL_ORIGINATION),
    "callingDeviceList": SomeOf(callingDevice=DEVICE),
}
TAIL: dict[str, Kind[Any]] = {"localConnectionInfo": STATE, "cause": TEXT}
PARTIES: dict[str, Kind[Any]] = {"callingDevice": PARTY, "calledDevice": PARTY}
CALL = PARTIES | {"lastRedirectionDevice": REDIRECTION} | TAIL
REFUSED = Choice(definedError=Enumeration(SessionError), applError=TEXT)
END = Choice(definedEndReason=Enumeration(SessionEndReason), appEndReason=TEXT)
TERMINATED = Choice(definedTermReason=Enumeration(SessionTermReason), serverTermReason=TEXT)

# fmt: off
_CSTA: list[Kind[Any]] = [
    Structure(system.RequestSystemStatus, {"extensions": "line"}, sysStatRegisterID=TEXT, extensions=Line()),
    Structure(system.RequestSystemStatusResponse, systemStatus=STATUS),
    Structure(system.SystemStatus, sysStatRegisterID=TEXT, systemStatus=STATUS),
    Structure(system.SystemStatusResponse),
    Structure(system.SystemRegister, requestTypes=Flags(REQUEST_TYPES), requestedStatusFilter=STATUS_FILTER),
    Structure(system.SystemRegisterResponse, sysStatRegisterID=TEXT, actualStatusFilter=STATUS_FILTER),
    Structure(system.SystemRegisterCancel, sysStatRegisterID=TEXT),
    Structure(system.SystemRegisterCancelResponse),
    Structure(system.SystemRegisterAbort, sysStatRegisterID=TEXT),
    Structure(system.GetCSTAFeatures, {"extensions": "line"}, extensions=Line()),
    Structure(system.GetCSTAFeaturesResponse, {"supportedServices": "services", "supportedEvents": "events"},
              supportedServices=Capabilities(SERVICE_LISTS), supportedEvents=Capabilities(EVENT_LISTS)),
    ErrorCode(),

    Structure(monitoring.MonitorStart, monitorObject=Choice(deviceObject=DEVICE, callObject=CON),
              requestedMonitorFilter=FILTER, monitorType=Enumeration(MonitorType)),
    Structure(monitoring.MonitorStartResponse, **REF, actualMonitorFilter=FILTER, monitorExistingCalls=FLAG),
    Structure(monitoring.MonitorStop, **REF),
    Structure(monitoring.MonitorStopResponse),
    Structure(monitoring.SnapshotDevice, snapshotObject=DEVICE),
    Structure(monitoring.SnapshotDeviceResponse, {"crossRefIDorSnapshotData": "snapshot"},
              crossRefIDorSnapshotData=Within(snapshotData=SNAPSHOT)),
    Structure(monitoring.SnapshotCall, snapshotObject=CON),
    Structure(monitoring.SnapshotCallResponse, {"crossRefIDorSnapshotData": "snapshot"},
              crossRefIDorSnapshotData=Within(snapshotData=DEVICES_ON_CALL), **PARTIES),

    Structure(call.MakeCall, callingDevice=DEVICE, calledDirectoryNumber=DEVICE, autoOriginate=ORIGINATE),
    Structure(call.MakeCallResponse, callingDevice=CON),
    Structure(call.AnswerCall, callToBeAnswered=CON),
    Structure(call.AnswerCallResponse),
    Structure(call.HoldCall, callToBeHeld=CON, connectionReservation=FLAG),
    Structure(call.HoldCallResponse),
    Structure(call.RetrieveCall, callToBeRetrieved=CON),
    Structure(call.RetrieveCallResponse),
    Structure(call.ClearConnection, connectionToBeCleared=CON, reason=TEXT),
    Structure(call.ClearConnectionResponse),
    Structure(call.ClearCall, callToBeCleared=CON),
    Structure(call.ClearCallResponse),
    Structure(call.GenerateDigits, connectionToSendDigits=CON, digitMode=Enumeration(DigitMode),
              charactersToSend=TEXT, toneDuration=NUMBER, pulseRate=NUMBER, pauseDuration=NUMBER),
    Structure(call.GenerateDigitsResponse),

    Structure(two_calls.AlternateCall, **HELD_AND_ACTIVE, connectionReservation=FLAG),
    Structure(two_calls.AlternateCallResponse),
    Structure(two_calls.ConsultationCall, existingCall=CON, consultedDevice=DEVICE,
              connectionReservation=FLAG),
    Structure(two_calls.ConsultationCallResponse, initiatedCall=CON),
    Structure(two_calls.ReconnectCall, activeCall=CON, heldCall=CON),
    Structure(two_calls.ReconnectCallResponse),
    Structure(transfer.TransferCall, **HELD_AND_ACTIVE),
    Structure(transfer.TransferCallResponse, transferredCall=CON, connections=SOME_CONNECTIONS),
    Structure(transfer.SingleStepTransferCall, activeCall=CON, transferredTo=DEVICE, reason=TEXT),
    Structure(transfer.SingleStepTransferCallResponse, transferredCall=CON, connections=SOME_CONNECTIONS),
    Structure(conference.ConferenceCall, **HELD_AND_ACTIVE),
    Structure(conference.ConferenceCallResponse, conferenceCall=CON, connections=SOME_CONNECTIONS),
    Structure(conference.SingleStepConferenceCall, activeCall=CON, deviceToJoin=DEVICE,
              participationType=Enumeration(ParticipationType)),
    Structure(conference.SingleStepConferenceCallResponse, conferencedCall=CON),

    Structure(diversion.DeflectCall, callToBeDiverted=CON, newDestination=DEVICE, reason=TEXT),
    Structure(diversion.DeflectCallResponse),
    Structure(diversion.DirectedPickupCall, callToBePickedUp=CON, requestingDevice=DEVICE),
    Structure(diversion.DirectedPickupCallResponse, pickedCall=CON),
    Structure(diversion.GroupPickupCall, newDestination=DEVICE, pickGroup=DEVICE),
    Structure(diversion.GroupPickupCallResponse, pickedCall=CON),
    Structure(diversion.ParkCall, parking=CON, parkTo=DEVICE),
    Structure(diversion.ParkCallResponse, parkedTo=CON),

    Structure(logical.GetForwarding, device=DEVICE),
    Structure(logical.GetForwardingResponse, forwardingList=FORWARDINGS),
    Structure(logical.SetForwarding, device=DEVICE, forwardingType=FORWARDING, activateForward=FLAG,
              forwardDN=DEVICE, ringCount=NUMBER),
    Structure(logical.SetForwardingResponse),
    Structure(logical.GetDoNotDisturb, device=DEVICE),
    Structure(logical.GetDoNotDisturbResponse, **DO_NOT_DISTURB),
    Structure(logical.SetDoNotDisturb, device=DEVICE, **DO_NOT_DISTURB),
    Structure(logical.SetDoNotDisturbResponse),
    Structure(physical.GetMessageWaitingIndicator, device=DEVICE),
    Structure(physical.GetMessageWaitingIndicatorResponse, messageWaitingOn=FLAG, deviceForMessage=DEVICE,
              lampIsPresent=FLAG),
    Structure(physical.SetMessageWaitingIndicator, device=DEVICE, messageWaitingOn=FLAG,
              deviceForMessage=DEVICE),
    Structure(physical.SetMessageWaitingIndicatorResponse),

    Structure(events.ServiceInitiatedEvent, **REF, initiatedConnection=CON, initiatingDevice=PARTY, **TAIL),
    Structure(events.OriginatedEvent, **REF, originatedConnection=CON, **PARTIES, **TAIL),
    Structure(events.NetworkReachedEvent, **REF, outboundConnection=CON, networkInterfaceUsed=PARTY, **CALL),
    Structure(events.DeliveredEvent, **REF, connection=CON, alertingDevice=PARTY, **CALL),
    Structure(events.EstablishedEvent, **REF, establishedConnection=CON, answeringDevice=PARTY, **CALL),
    Structure(events.HeldEvent, **REF, heldConnection=CON, holdingDevice=PARTY, **TAIL),
    Structure(events.RetrievedEvent, **REF, retrievedConnection=CON, retrievingDevice=PARTY, **TAIL),
    Structure(events.DivertedEvent, **REF, connection=CON, divertingDevice=PARTY, newDestination=PARTY,
              **CALL),
    Structure(events.TransferedEvent, **REF, **OLD_CALLS, transferringDevice=PARTY,
              transferredToDevice=PARTY, transferredConnections=CONNECTIONS, **TAIL),
    Structure(events.ConferencedEvent, **REF, **OLD_CALLS, conferencingDevice=PARTY, addedParty=PARTY,
              conferenceConnections=CONNECTIONS, **TAIL),
    Structure(events.BridgedEvent, **REF, bridgedConnection=CON, bridgedAppearance=PARTY, **TAIL),
    Structure(events.ConnectionClearedEvent, **REF, droppedConnection=CON, releasingDevice=PARTY, **TAIL),
    Structure(events.CallClearedEvent, **REF, clearedCall=CON, cause=TEXT),
    Structure(events.FailedEvent, **REF, failedConnection=CON, failingDevice=PARTY, **CALL),
    Structure(events.ForwardingEvent, **REF, device=PARTY, forwardingType=FORWARDING, forwardStatus=FLAG,
              forwardTo=DEVICE, forwardDefault=FORWARD_DEFAULT, ringCount=NUMBER),
    Structure(events.DoNotDisturbEvent, **REF, device=PARTY, **DO_NOT_DISTURB),
    Structure(events.MessageWaitingEvent, **REF, targetDevice=PARTY, deviceForMessage=DEVICE,
              messageWaitingOn=FLAG),
    Structure(events.OutOfServiceEvent, **REF, device=PARTY, cause=TEXT),
    Structure(events.BackInServiceEvent, **REF, device=PARTY, cause=TEXT),
    Structure(events.PartiallyInServiceEvent, **REF, device=PARTY, cause=TEXT),
]

_APPLICATION_SESSION: list[Kind[Any]] = [
    Structure(session.StartApplicationSession,
              {"requestedProtocolVersions": "protocol_versions", "requestedSessionDuration": "duration"},
              applicationInfo=ApplicationInfo(), requestedProtocolVersions=ListOf(protocolVersion=TEXT),
              requestedSessionDuration=NUMBER),
    Structure(session.StartApplicationSessionPosResponse, sessionID=TEXT, actualProtocolVersion=TEXT,
              actualSessionDuration=NUMBER),
    Structure(session.StartApplicationSessionNegResponse, errorCode=REFUSED),
    Structure(session.StopApplicationSession, sessionID=TEXT, sessionEndReason=END),
    Structure(session.StopApplicationSessionPosResponse),
    Structure(session.StopApplicationSessionNegResponse, errorCode=REFUSED),
    Structure(session.ResetApplicationSessionTimer, sessionID=TEXT, requestedSessionDuration=NUMBER),
    Structure(session.ResetApplicationSessionTimerPosResponse, actualSessionDuration=NUMBER),
    Structure(session.ResetApplicationSessionTimerNegResponse, errorCode=REFUSED),
    Structure(session.ApplicationSessionTerminated, sessionID=TEXT, sessionTermReason=TERMINATED),
]
# fmt: on

#: Every message and the kind of its root element.
CSTA: Mapping[type[Message], Kind[Any]] = {kind.holds: kind for kind in _CSTA}
SESSION: Mapping[type[Message], Kind[Any]] = {kind.holds: kind for kind in _APPLICATION_SESSION}
