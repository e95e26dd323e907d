"""What the gateway serves, as data: per CSTA service its subject, its destination, and how it is advertised.

A further service is one line here and one value class in `csta_xml`. What is not listed is answered
serviceNotSupported.
"""

from __future__ import annotations

from dataclasses import dataclass

from csta_xml import (
    AnswerCall,
    BackInServiceEvent,
    CallClearedEvent,
    Capability,
    CapabilityList,
    ClearConnection,
    ConnectionClearedEvent,
    CSTAErrorCode,
    DeliveredEvent,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    GetCSTAFeaturesResponse,
    GetForwarding,
    HeldEvent,
    HoldCall,
    MakeCall,
    NetworkReachedEvent,
    OriginatedEvent,
    OutOfServiceEvent,
    RetrieveCall,
    RetrievedEvent,
    Service,
    ServiceInitiatedEvent,
    SetForwarding,
    SnapshotDevice,
)

from .errors import INVALID_DESTINATION, operation


@dataclass(frozen=True, slots=True)
class Rule:
    """`subject` is the field that must be the session's own line; `destination` one that must be a number
    to dial, refused with `bad_destination`; `creates_call` holds back events of calls that the client
    cannot know before the response."""

    subject: str
    destination: str = ""
    bad_destination: CSTAErrorCode = INVALID_DESTINATION
    creates_call: bool = False


#: Services that go to the CTIManager as they are, with device identifiers translated.
RULES: dict[type[Service], Rule] = {
    SnapshotDevice: Rule("snapshot_object"),
    MakeCall: Rule("calling_device", "called_directory_number", creates_call=True),
    AnswerCall: Rule("call_to_be_answered"),
    HoldCall: Rule("call_to_be_held"),
    RetrieveCall: Rule("call_to_be_retrieved"),
    ClearConnection: Rule("connection_to_be_cleared"),
    GetForwarding: Rule("device"),
    SetForwarding: Rule("device", "forward_dn", operation("invalidForwardingDestination")),
}


@dataclass(frozen=True, slots=True)
class EventRule:
    """`flag` is the event's name in monitor filters and features, `connection` its field that names the
    call."""

    flag: str
    connection: str = ""


EVENTS: dict[type[Event], EventRule] = {
    ServiceInitiatedEvent: EventRule("serviceInitiated", "initiated_connection"),
    OriginatedEvent: EventRule("originated", "originated_connection"),
    NetworkReachedEvent: EventRule("networkReached", "outbound_connection"),
    DeliveredEvent: EventRule("delivered", "connection"),
    EstablishedEvent: EventRule("established", "established_connection"),
    HeldEvent: EventRule("held", "held_connection"),
    RetrievedEvent: EventRule("retrieved", "retrieved_connection"),
    DivertedEvent: EventRule("diverted", "connection"),
    ConnectionClearedEvent: EventRule("connectionCleared", "dropped_connection"),
    CallClearedEvent: EventRule("callCleared", "cleared_call"),
    FailedEvent: EventRule("failed", "failed_connection"),
    ForwardingEvent: EventRule("forwarding"),
    OutOfServiceEvent: EventRule("outOfService"),
    BackInServiceEvent: EventRule("backInService"),
}

#: What the gateway does by itself, in the words of the features answer.
_OWN = {"getCSTAFeatures", "requestSystemStatus", "monitorStart", "monitorStop"}
_SERVED = _OWN | {cls.__name__[0].lower() + cls.__name__[1:] for cls in RULES}
_SENT = {"netwReached" if rule.flag == "networkReached" else rule.flag for rule in EVENTS.values()}
_OWN_LISTS = (
    CapabilityList("capExchangeServList", (Capability("getCSTAFeatures"),)),
    CapabilityList("systemStatServList", (Capability("requestSystemStatus"),)),
    CapabilityList("monitoringServList", (Capability("monitorStart"), Capability("monitorStop"))),
)


def features(answer: GetCSTAFeaturesResponse) -> GetCSTAFeaturesResponse:
    """What a client is told: what the CTIManager can do for the device, and of that only what the gateway
    serves."""
    own = {entry.name for entry in _OWN_LISTS}
    services = [entry for entry in _only(answer.services, _SERVED) if entry.name not in own]
    return GetCSTAFeaturesResponse(services=(*_OWN_LISTS, *services), events=_only(answer.events, _SENT))


def _only(lists: tuple[CapabilityList, ...], names: set[str]) -> tuple[CapabilityList, ...]:
    kept = (
        CapabilityList(entry.name, tuple(one for one in entry.capabilities if one.name in names))
        for entry in lists
    )
    return tuple(entry for entry in kept if entry.capabilities)
