"""Events of a monitored device: call control, forwarding and maintenance (ECMA-269).

Values only; see `messages` for how classes and fields are named. What the schema demands but peers leave out
has the default to assume then (`cause`, `last_redirection_device`); it is always written.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, Event
from csta_xml.names import (
    Absent,
    Cause,
    DeviceId,
    ForwardDefault,
    ForwardingType,
    LocalConnectionState,
    Party,
    Redirection,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInitiatedEvent(Event):
    initiated_connection: ConnectionId
    initiating_device: Party
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginatedEvent(Event):
    originated_connection: ConnectionId
    calling_device: Party
    called_device: Party
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReachedEvent(Event):
    """The call left for a network behind a trunk: events of the far side may not follow."""

    outbound_connection: ConnectionId
    network_interface_used: Party
    calling_device: Party
    called_device: Party
    last_redirection_device: Redirection = Absent.NOT_REQUIRED
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredEvent(Event):
    connection: ConnectionId
    alerting_device: Party
    calling_device: Party
    called_device: Party
    last_redirection_device: Redirection = Absent.NOT_REQUIRED
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishedEvent(Event):
    established_connection: ConnectionId
    answering_device: Party
    calling_device: Party
    called_device: Party
    last_redirection_device: Redirection = Absent.NOT_REQUIRED
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvent(Event):
    held_connection: ConnectionId
    holding_device: Party
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedEvent(Event):
    retrieved_connection: ConnectionId
    retrieving_device: Party
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DivertedEvent(Event):
    connection: ConnectionId
    diverting_device: Party
    new_destination: Party
    calling_device: Party | None = None
    called_device: Party | None = None
    last_redirection_device: Redirection = Absent.NOT_REQUIRED
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionClearedEvent(Event):
    dropped_connection: ConnectionId
    releasing_device: Party
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClearedEvent(Event):
    """For monitors of calls; the monitor of a device learns the end from ConnectionClearedEvent."""

    cleared_call: ConnectionId
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEvent(Event):
    failed_connection: ConnectionId
    failing_device: Party
    calling_device: Party
    called_device: Party
    last_redirection_device: Redirection = Absent.NOT_REQUIRED
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingEvent(Event):
    device: Party
    forwarding_type: ForwardingType | None = None
    forward_status: bool
    forward_to: DeviceId | None = None
    forward_default: ForwardDefault | None = None
    ring_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfServiceEvent(Event):
    device: Party
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackInServiceEvent(Event):
    device: Party
    cause: str | None = None
