"""Transfer services: two calls become one without the device, or a call goes to another device (ECMA-269).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass

from csta_xml.messages import ConnectionId, ConnectionListItem, Response, Service
from csta_xml.names import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCall(Service):
    held_call: ConnectionId
    active_call: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCallResponse(Response):
    transferred_call: ConnectionId
    connections: tuple[ConnectionListItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStepTransferCall(Service):
    """Transfers without a second call: the new party is not asked before."""

    active_call: ConnectionId
    transferred_to: DeviceId
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStepTransferCallResponse(Response):
    transferred_call: ConnectionId
    connections: tuple[ConnectionListItem, ...] = ()
