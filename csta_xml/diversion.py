"""Services that bring a call to another device: deflect, pick up, park (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, Response, Service
from csta_xml.names import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeflectCall(Service):
    call_to_be_diverted: ConnectionId
    new_destination: DeviceId
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeflectCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectedPickupCall(Service):
    """Takes over a call that rings, or is parked, at another device."""

    call_to_be_picked_up: ConnectionId
    requesting_device: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectedPickupCallResponse(Response):
    picked_call: ConnectionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPickupCall(Service):
    """Takes over a call that rings somewhere in a pickup group."""

    new_destination: DeviceId
    pick_group: DeviceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPickupCallResponse(Response):
    picked_call: ConnectionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkCall(Service):
    """Leaves a call at a device where any other may pick it up."""

    parking: ConnectionId
    park_to: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkCallResponse(Response):
    parked_to: ConnectionId | None = None
