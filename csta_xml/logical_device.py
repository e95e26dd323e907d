"""Logical device features: call forwarding and do not disturb (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import Response, Service
from csta_xml.names import DeviceId, ForwardDefault, ForwardingType


@dataclass(frozen=True, slots=True, kw_only=True)
class GetForwarding(Service):
    device: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardListItem:
    """One forwarding of a device, active or not."""

    forwarding_type: ForwardingType | None = None
    forward_status: bool
    forward_dn: DeviceId | None = None
    forward_default: ForwardDefault | None = None
    ring_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetForwardingResponse(Response):
    forwarding_list: tuple[ForwardListItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetForwarding(Service):
    device: DeviceId
    forwarding_type: ForwardingType | None = None
    activate_forward: bool
    forward_dn: DeviceId | None = None
    ring_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetForwardingResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDoNotDisturb(Service):
    device: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDoNotDisturbResponse(Response):
    do_not_disturb_on: bool
    call_origination: frozenset[str] | None = None
    calling_device_list: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDoNotDisturb(Service):
    """`call_origination` (internal, external) and `calling_device_list` restrict it to some callers."""

    device: DeviceId
    do_not_disturb_on: bool
    call_origination: frozenset[str] | None = None
    calling_device_list: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDoNotDisturbResponse(Response):
    pass
