"""Call control services: make, answer, hold, retrieve and clear (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, Response, Service
from csta_xml.names import AutoOriginate, DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCall(Service):
    calling_device: DeviceId
    called_directory_number: DeviceId
    auto_originate: AutoOriginate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCallResponse(Response):
    calling_device: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCall(Service):
    call_to_be_answered: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall(Service):
    call_to_be_held: ConnectionId
    connection_reservation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveCall(Service):
    call_to_be_retrieved: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearConnection(Service):
    connection_to_be_cleared: ConnectionId
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearConnectionResponse(Response):
    pass
