"""Events of a monitored device: its calls, its features, its service state (ECMA-269).

Values only; see `messages` for how classes and fields are named. What the schema demands but peers leave out
has the default to assume then (`cause`, `last_redirection_device`); it is always written.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, ConnectionListItem, Event
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
class TransferedEvent(Event):
    """Misspelt as in the schema. A transfer in a single step has no second old call."""

    primary_old_call: ConnectionId
    secondary_old_call: ConnectionId | None = None
    transferring_device: Party
    transferred_to_device: Party
    transferred_connections: tuple[ConnectionListItem, ...]
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferencedEvent(Event):
    primary_old_call: ConnectionId
    secondary_old_call: ConnectionId | None = None
    conferencing_device: Party
    added_party: Party
    conference_connections: tuple[ConnectionListItem, ...]
    local_connection_info: LocalConnectionState | None = None
    cause: str = Cause.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgedEvent(Event):
    """Another appearance of the shared line has the call."""

    bridged_connection: ConnectionId
    bridged_appearance: Party
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
class DoNotDisturbEvent(Event):
    device: Party
    do_not_disturb_on: bool
    call_origination: frozenset[str] | None = None
    calling_device_list: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWaitingEvent(Event):
    target_device: Party
    device_for_message: DeviceId | None = None
    message_waiting_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfServiceEvent(Event):
    device: Party
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackInServiceEvent(Event):
    device: Party
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartiallyInServiceEvent(Event):
    device: Party
    cause: str | None = None
