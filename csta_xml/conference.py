"""Conference services: two calls become one with the device, or a device joins a call (ECMA-269).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, ConnectionListItem, Response, Service
from csta_xml.names import DeviceId, ParticipationType


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceCall(Service):
    held_call: ConnectionId
    active_call: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceCallResponse(Response):
    conference_call: ConnectionId
    connections: tuple[ConnectionListItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStepConferenceCall(Service):
    """Adds a device without a second call. Peers leave out `participation_type`; it is always written."""

    active_call: ConnectionId
    device_to_join: DeviceId
    participation_type: ParticipationType = ParticipationType.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStepConferenceCallResponse(Response):
    conferenced_call: ConnectionId
