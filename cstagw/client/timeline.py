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
    SnapshotCallResponse,
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
    "consulted_device",
    "transferring_device",
    "transferred_to",
    "transferred_to_device",
    "conferencing_device",
    "added_party",
    "device_to_join",
    "new_destination",
    "park_to",
    "characters_to_send",
    "do_not_disturb_on",
    "message_waiting_on",
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
    if isinstance(message, SnapshotCallResponse):
        parties = [f"{_short(one.device_on_call)} {one.local_connection_info}" for one in message.snapshot]
        return f"{name} {'; '.join(parties)}"
    told = _connection(message)
    for field in _TOLD:
        value = getattr(message, field, None)
        if isinstance(value, bool):
            told += [_switch(field, value)]
        elif text := _short(value):
            told.append(f"{_LABELS.get(field, field.removesuffix('_device'))}={text}")
    return f"{name} {' '.join(filter(None, told))}".rstrip()


_LABELS = {
    "transferring_device": "by",
    "conferencing_device": "by",
    "transferred_to": "to",
    "transferred_to_device": "to",
    "added_party": "added",
    "device_to_join": "added",
    "new_destination": "to",
    "park_to": "to",
    "consulted_device": "called",
    "characters_to_send": "digits",
    "system_status": "status",
    "called_directory_number": "called",
    "local_connection_info": "local",
    "forwarding_type": "type",
    "forward_dn": "to",
    "forward_to": "to",
}


def _connection(message: Message) -> list[str]:
    values = (getattr(message, field.name) for field in fields(message))
    connections = [value for value in values if isinstance(value, ConnectionId)]
    if not connections:
        return []
    first, *others = connections
    call = [f"call={first.call_id}"] if first.call_id else []
    with_ = [f"with={other.call_id}" for other in others if other.call_id]
    return [*call, f"at={_short(first.device_id)}", *with_]


def _switch(field: str, on: bool) -> str:
    """That forwarding is on is told by the number it goes to."""
    return ("" if "forward" in field else "on") if on else "off"


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
