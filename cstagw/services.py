"""What the gateway serves, as data: per CSTA service its subject, its destination, and how it is advertised.

A further service is one line here and one value class in `csta_xml`. What is not listed is answered
serviceNotSupported.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from csta_xml import (
    AlternateCall,
    AnswerCall,
    BackInServiceEvent,
    BridgedEvent,
    CallClearedEvent,
    Capability,
    CapabilityList,
    ClearCall,
    ClearConnection,
    ConferenceCall,
    ConferencedEvent,
    ConnectionClearedEvent,
    ConsultationCall,
    CSTAErrorCode,
    DeflectCall,
    DeliveredEvent,
    DirectedPickupCall,
    DivertedEvent,
    DoNotDisturbEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    GenerateDigits,
    GetCSTAFeaturesResponse,
    GetDoNotDisturb,
    GetForwarding,
    GetMessageWaitingIndicator,
    GroupPickupCall,
    HeldEvent,
    HoldCall,
    MakeCall,
    MessageWaitingEvent,
    NetworkReachedEvent,
    OriginatedEvent,
    OutOfServiceEvent,
    ParkCall,
    PartiallyInServiceEvent,
    ReconnectCall,
    RetrieveCall,
    RetrievedEvent,
    Service,
    ServiceInitiatedEvent,
    SetDoNotDisturb,
    SetForwarding,
    SetMessageWaitingIndicator,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    TransferCall,
    TransferedEvent,
)

from .errors import INVALID_DESTINATION, operation


@dataclass(frozen=True, slots=True)
class Rule:
    """`subjects` are the fields that must be the session's own line or connections of it; `destination` is
    one that must be a number to dial, refused with `bad_destination`; `creates_call` holds back events of
    calls that the client cannot know before the response; `capability` is the name in a features answer,
    where it is not that of the service."""

    subjects: tuple[str, ...]
    destination: str = ""
    bad_destination: CSTAErrorCode = INVALID_DESTINATION
    creates_call: bool = False
    capability: str = ""


def _on(*subjects: str, to: str = "", creates_call: bool = False, capability: str = "") -> Rule:
    return Rule(subjects, to, creates_call=creates_call, capability=capability)


_NO_FORWARDING_THERE = operation("invalidForwardingDestination")

#: Services that go to the CTIManager as they are, with device identifiers translated.
RULES: dict[type[Service], Rule] = {
    SnapshotDevice: _on("snapshot_object"),
    SnapshotCall: _on("snapshot_object"),
    MakeCall: _on("calling_device", to="called_directory_number", creates_call=True),
    AnswerCall: _on("call_to_be_answered"),
    ClearConnection: _on("connection_to_be_cleared"),
    ClearCall: _on("call_to_be_cleared"),
    HoldCall: _on("call_to_be_held"),
    RetrieveCall: _on("call_to_be_retrieved"),
    AlternateCall: _on("held_call", "active_call"),
    ReconnectCall: _on("active_call", "held_call"),
    ConsultationCall: _on("existing_call", to="consulted_device", creates_call=True),
    TransferCall: _on("held_call", "active_call"),
    SingleStepTransferCall: _on("active_call", to="transferred_to", capability="singleStepTransfer"),
    ConferenceCall: _on("held_call", "active_call"),
    SingleStepConferenceCall: _on("active_call", to="device_to_join", capability="singleStepConference"),
    DeflectCall: _on("call_to_be_diverted", to="new_destination"),
    DirectedPickupCall: _on("requesting_device", creates_call=True),
    GroupPickupCall: _on("new_destination", creates_call=True),
    ParkCall: _on("parking", to="park_to"),
    GenerateDigits: _on("connection_to_send_digits"),
    GetForwarding: _on("device"),
    SetForwarding: Rule(("device",), "forward_dn", _NO_FORWARDING_THERE),
    GetDoNotDisturb: _on("device"),
    SetDoNotDisturb: _on("device"),
    GetMessageWaitingIndicator: _on("device"),
    SetMessageWaitingIndicator: _on("device"),
}


#: The name under which a features answer announces each of them.
CAPABILITIES: dict[type[Service], str] = {
    service: rule.capability or service.__name__[0].lower() + service.__name__[1:]
    for service, rule in RULES.items()
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
    BridgedEvent: EventRule("bridged", "bridged_connection"),
    TransferedEvent: EventRule("transferred", "primary_old_call"),
    ConferencedEvent: EventRule("conferenced", "primary_old_call"),
    ConnectionClearedEvent: EventRule("connectionCleared", "dropped_connection"),
    CallClearedEvent: EventRule("callCleared", "cleared_call"),
    FailedEvent: EventRule("failed", "failed_connection"),
    ForwardingEvent: EventRule("forwarding"),
    DoNotDisturbEvent: EventRule("doNotDisturb"),
    MessageWaitingEvent: EventRule("messageWaiting"),
    OutOfServiceEvent: EventRule("outOfService"),
    BackInServiceEvent: EventRule("backInService"),
    PartiallyInServiceEvent: EventRule("partiallyInService"),
}

#: What the gateway does by itself, in the words of the features answer.
_OWN_LISTS = (
    CapabilityList("capExchangeServList", (Capability("getCSTAFeatures"),)),
    CapabilityList("systemStatServList", (Capability("requestSystemStatus"), Capability("systemStatus"))),
    CapabilityList("monitoringServList", (Capability("monitorStart"), Capability("monitorStop"))),
)
_OWN = {entry.name for entry in _OWN_LISTS}
_SERVED = set(CAPABILITIES.values())
_SENT = {"netwReached" if rule.flag == "networkReached" else rule.flag for rule in EVENTS.values()}


@lru_cache(maxsize=64)
def features(answer: GetCSTAFeaturesResponse) -> GetCSTAFeaturesResponse:
    """What a client is told: what the CTIManager can do for the device, and of that only what the gateway
    serves. Phones of a kind can do the same, so thousands of sessions share a handful of these."""
    services = [entry for entry in _only(answer.services, _SERVED) if entry.name not in _OWN]
    return GetCSTAFeaturesResponse(services=(*_OWN_LISTS, *services), events=_only(answer.events, _SENT))


@lru_cache(maxsize=64)
def offered(answer: GetCSTAFeaturesResponse) -> frozenset[str]:
    """The names of the services in a features answer."""
    return frozenset(one.name for entry in answer.services for one in entry.capabilities)


def _only(lists: tuple[CapabilityList, ...], names: set[str]) -> tuple[CapabilityList, ...]:
    kept = (
        CapabilityList(entry.name, tuple(one for one in entry.capabilities if one.name in names))
        for entry in lists
    )
    return tuple(entry for entry in kept if entry.capabilities)
