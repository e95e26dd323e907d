"""Services on two calls of one device that stay apart: consult, alternate, reconnect (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, Response, Service
from csta_xml.names import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateCall(Service):
    """Puts the active call on hold and takes up the other one."""

    held_call: ConnectionId
    active_call: ConnectionId
    connection_reservation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateCallResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationCall(Service):
    """Puts a call on hold and makes another one."""

    existing_call: ConnectionId
    consulted_device: DeviceId
    connection_reservation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationCallResponse(Response):
    initiated_call: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectCall(Service):
    """Clears the active call and takes up the held one; the schema names the active call first here."""

    active_call: ConnectionId
    held_call: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectCallResponse(Response):
    pass
