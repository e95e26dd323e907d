"""What a client was told, one short line per event, so that a test can hold a whole story against it.

`Delivered a 1002 alerting newCall` is: event, call (letters in the order the test first sees them), the
device whose connection it is about, the client's own state, the cause.
"""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from csta_xml import (
    Absent,
    CallId,
    ConferencedEvent,
    ConnectionId,
    ConnectionListItem,
    DoNotDisturbEvent,
    Event,
    ForwardingEvent,
    MessageWaitingEvent,
    SnapshotDevice,
    TransferedEvent,
)
from cstagw.client import RccClient, ServiceRefused, parse_script, play
from cstagw.services import EVENTS


async def do(client: RccClient, script: str) -> None:
    """Let the client say a few verbs."""
    await play(client, parse_script(script.split()))


class Stories:
    """Names the calls of one test alike for all its clients."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    async def told(self, client: RccClient) -> list[str]:
        """Everything since it was asked last. A snapshot overtakes no event, so none is still on its way;
        neither does its refusal where the phone is not registered."""
        with suppress(ServiceRefused):
            await client.service(SnapshotDevice(snapshot_object=client.line))
        events, client.events[:] = client.events[:], []
        return [self.line(event) for event in events]

    def line(self, event: Event) -> str:
        name = type(event).__name__.removesuffix("Event")
        words = [name, *self._subject(event)]
        for field in ("local_connection_info", "cause"):
            value = getattr(event, field, None)
            words += [str(value)] if value is not None else []
        return " ".join(words)

    def _subject(self, event: Event) -> list[str]:
        match event:
            case TransferedEvent():
                who = f"{number(event.transferring_device)}->{number(event.transferred_to_device)}"
                return [*self._old(event), who, self._parties(event.transferred_connections)]
            case ConferencedEvent():
                who = f"{number(event.conferencing_device)}+{number(event.added_party)}"
                return [*self._old(event), who, self._parties(event.conference_connections)]
            case ForwardingEvent():
                return [number(event.forward_to) if event.forward_status else "off"]
            case DoNotDisturbEvent():
                return ["on" if event.do_not_disturb_on else "off"]
            case MessageWaitingEvent():
                return ["on" if event.message_waiting_on else "off"]
            case _:
                rule = EVENTS[type(event)]
                if not rule.connection:
                    return []
                connection = cast(ConnectionId, getattr(event, rule.connection))
                return [self.letter(connection.call_id), number(connection.device_id)]

    def _old(self, event: TransferedEvent | ConferencedEvent) -> list[str]:
        first, second = event.primary_old_call, event.secondary_old_call
        return [self.letter(first.call_id) + (self.letter(second.call_id) if second is not None else "")]

    def _parties(self, items: tuple[ConnectionListItem, ...]) -> str:
        """Who is on the call now, by number: `a:1002,1003`."""
        new = [item.new_connection for item in items if item.new_connection is not None]
        calls = {self.letter(one.call_id) for one in new}
        return f"{'/'.join(sorted(calls))}:{','.join(sorted(number(one.device_id) for one in new))}"

    def letter(self, call: CallId | None) -> str:
        assert call is not None
        return self._letters.setdefault(call, "abcdefgh"[len(self._letters)])


def number(device: str | Absent | None) -> str:
    """The digits of a device identifier."""
    return str(device).removeprefix("tel:").partition(";")[0] if isinstance(device, str) else "-"
