"""The messages of a client as lines that a person reads: when, which way, what, and what it says of the
call."""

from __future__ import annotations

from dataclasses import dataclass, fields

from csta_xml import (
    Absent,
    CallState,
    ConnectionId,
    CSTAErrorCode,
    ForwardListItem,
    GetCSTAFeaturesResponse,
    GetForwardingResponse,
    LocalConnectionState,
    Message,
    SnapshotDeviceResponse,
)

#: What a person wants to know of a message, in this order.
_TOLD = (
    "system_status",
    "calling_device",
    "called_directory_number",
    "called_device",
    "alerting_device",
    "answering_device",
    "forwarding_type",
    "activate_forward",
    "forward_status",
    "forward_dn",
    "forward_to",
    "local_connection_info",
    "cause",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of one client. `sent` is from the client's side, `words` are those of a refusal or end."""

    at: float
    who: str
    sent: bool
    what: str
    message: Message | None
    words: str = ""


def render(line: Line, start: float) -> str:
    """One line of text, without colour."""
    who = line.who.removeprefix("sip:").partition("@")[0]
    arrow = "-->" if line.sent else "<--"
    said = " ".join(filter(None, (describe(line.message), line.words)))
    return f"{line.at - start:7.3f}s  {who:<8} {arrow} {line.what:<6} {said}".rstrip()


def describe(message: Message | None) -> str:
    """A CSTA message in one line."""
    if message is None:
        return ""
    name = type(message).__name__
    if isinstance(message, CSTAErrorCode):
        return f"{name} {message.category} {message.value}".rstrip()
    if isinstance(message, GetCSTAFeaturesResponse):
        services, events = (
            sum(len(one.capabilities) for one in each) for each in (message.services, message.events)
        )
        return f"{name} {services} services, {events} events"
    if isinstance(message, SnapshotDeviceResponse):
        calls = [
            f"call={one.connection_identifier.call_id} {_state(one.local_call_state)}"
            for one in message.snapshot
        ]
        return f"{name} {'; '.join(calls) or 'no calls'}"
    if isinstance(message, GetForwardingResponse):
        return f"{name} {'; '.join(map(_forwarding, message.forwarding_list))}".rstrip()
    told = _connection(message)
    for field in _TOLD:
        value = getattr(message, field, None)
        if isinstance(value, bool):  # that forwarding is on is told by the number it goes to
            told += [] if value else ["off"]
        elif text := _short(value):
            told.append(f"{_LABELS.get(field, field.removesuffix('_device'))}={text}")
    return f"{name} {' '.join(told)}".rstrip()


_LABELS = {
    "system_status": "status",
    "called_directory_number": "called",
    "local_connection_info": "local",
    "forwarding_type": "type",
    "forward_dn": "to",
    "forward_to": "to",
}


def _connection(message: Message) -> list[str]:
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, ConnectionId) and value.call_id:
            return [f"call={value.call_id}", f"at={_short(value.device_id)}"]
    return []


def _state(state: CallState) -> str:
    return "/".join(state) if isinstance(state, tuple) else state.value


def _forwarding(item: ForwardListItem) -> str:
    if not item.forward_status:
        return f"{item.forwarding_type} off"
    return f"{item.forwarding_type} to {_short(item.forward_dn)}"


def _short(value: object) -> str:
    if value is None or isinstance(value, (ConnectionId, Absent)):
        return ""
    if isinstance(value, LocalConnectionState):
        return value.value
    return str(value).removeprefix("tel:").partition(";")[0]
