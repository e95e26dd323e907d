"""What every CSTA message is, and the values messages are made of (ECMA-269, ECMA-323).

Plain frozen values. A message class is named as its XML element, a field is the snake_case of the child
element, in the schema's order. Knows no XML: how a value is written is in `table`. The services stand in one
module per family.
"""

from dataclasses import dataclass

from csta_xml.names import CallId, DeviceId, ErrorCategory, MonitorCrossRefId, Party


@dataclass(frozen=True, slots=True)
class ConnectionId:
    """One device's part in one call; a peer may leave out either half, not both."""

    call_id: CallId | None
    device_id: DeviceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionListItem:
    """One party of a call that came out of others: what its connection was, and what it is now."""

    new_connection: ConnectionId | None = None
    old_connection: ConnectionId | None = None
    endpoint: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Anything that is a document of its own on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Message):
    """A request that is answered with a response or a CSTAErrorCode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    """The answer to a service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    """What happened at a monitored device."""

    monitor_cross_ref_id: MonitorCrossRefId


@dataclass(frozen=True, slots=True, kw_only=True)
class CSTAErrorCode(Message):
    """A service was refused. `value` is one of the category's error names, free text for privateErrorCode."""

    category: ErrorCategory
    value: str = ""
