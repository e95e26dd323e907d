"""Physical device features: the message waiting indicator (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import Response, Service
from csta_xml.names import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMessageWaitingIndicator(Service):
    device: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMessageWaitingIndicatorResponse(Response):
    message_waiting_on: bool
    device_for_message: DeviceId | None = None
    lamp_is_present: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMessageWaitingIndicator(Service):
    device: DeviceId
    message_waiting_on: bool
    device_for_message: DeviceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMessageWaitingIndicatorResponse(Response):
    pass
