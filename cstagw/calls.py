"""What a session knows of the calls at its line: read from the events and snapshots that pass through.

For display and for telling a new call from a known one; never the ground for refusing a service, which is the
CTIManager's to judge. Knows the event structures of ECMA-269 §17.2, no monitors and no SIP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from csta_xml import (
    CallClearedEvent,
    CallId,
    CallState,
    ConferencedEvent,
    ConnectionClearedEvent,
    ConnectionId,
    ConnectionListItem,
    DeviceId,
    Event,
    LocalConnectionState,
    SimpleCallState,
    SnapshotDeviceResponse,
    TransferedEvent,
)

#: Calls remembered; a line has a handful.
MAX_CALLS = 256

_OWN_STATE = {
    SimpleCallState.NULL: LocalConnectionState.NULL,
    SimpleCallState.PENDING: LocalConnectionState.INITIATED,
    SimpleCallState.ORIGINATED: LocalConnectionState.CONNECTED,
    SimpleCallState.DELIVERED: LocalConnectionState.CONNECTED,
    SimpleCallState.DELIVERED_HELD: LocalConnectionState.HOLD,
    SimpleCallState.RECEIVED: LocalConnectionState.ALERTING,
    SimpleCallState.RECEIVED_ON_HOLD: LocalConnectionState.ALERTING,
    SimpleCallState.ESTABLISHED: LocalConnectionState.CONNECTED,
    SimpleCallState.ESTABLISHED_HELD: LocalConnectionState.HOLD,
    SimpleCallState.ESTABLISHED_ON_HOLD: LocalConnectionState.CONNECTED,
    SimpleCallState.FAILED: LocalConnectionState.CONNECTED,
    SimpleCallState.FAILED_HELD: LocalConnectionState.HOLD,
}

_Merged: TypeAlias = TransferedEvent | ConferencedEvent


class LineCalls:
    """The calls of one line with its own connection's state; `is_own` says whether a device is the line."""

    __slots__ = ("_calls", "_is_own")

    def __init__(self, is_own: Callable[[DeviceId], bool]) -> None:
        self._is_own = is_own
        self._calls: dict[CallId, LocalConnectionState] = {}

    def __contains__(self, call: CallId) -> bool:
        return call in self._calls

    def __iter__(self) -> Iterator[CallId]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def states(self) -> dict[CallId, LocalConnectionState]:
        """Every call with the state of the line's own connection."""
        return dict(self._calls)

    def event(self, event: Event, connection: ConnectionId) -> None:
        """Follow a call event; `connection` is the one that the event names the call by."""
        call = connection.call_id
        if isinstance(event, TransferedEvent | ConferencedEvent):
            self._merge(event)
        elif call is not None:
            state = _state_in(event)
            if state is LocalConnectionState.NULL or self._is_over(event, connection):
                self._calls.pop(call, None)
            elif state is not None:
                self._note(call, state)

    def snapshot(self, snapshot: SnapshotDeviceResponse) -> None:
        """What the line has now: nothing else is known any more."""
        self._calls.clear()
        for entry in snapshot.snapshot:
            call, state = entry.connection_identifier.call_id, _own_state(entry.local_call_state)
            if call is not None and state is not LocalConnectionState.NULL:
                self._note(call, state)

    def clear(self) -> None:
        """Nothing is watched any more."""
        self._calls.clear()

    def _note(self, call: CallId, state: LocalConnectionState) -> None:
        if call in self._calls or len(self._calls) < MAX_CALLS:
            self._calls[call] = state

    def _merge(self, event: _Merged) -> None:
        """Two calls became one, or one got other parties: the ids of before are gone."""
        old = (event.primary_old_call, event.secondary_old_call)
        before = [self._calls.pop(one.call_id, None) for one in old if one is not None and one.call_id]
        state = event.local_connection_info or self._left_out(event, before)
        call = self._new_call(event)
        if call is not None and state is not LocalConnectionState.NULL:
            self._note(call, state)

    def _new_call(self, event: _Merged) -> CallId | None:
        items = _connections_of(event)
        own = next((item for item in items if self._is_mine(item)), None)
        new = own.new_connection if own is not None else None
        return new.call_id if new is not None else event.primary_old_call.call_id

    def _is_mine(self, item: ConnectionListItem) -> bool:
        new = item.new_connection
        return new is not None and new.device_id is not None and self._is_own(new.device_id)

    def _left_out(self, event: _Merged, before: list[LocalConnectionState | None]) -> LocalConnectionState:
        """Our state where a switch does not say it: who transfers is out, everybody else stays."""
        device = event.transferring_device if isinstance(event, TransferedEvent) else None
        if isinstance(device, str) and self._is_own(device):
            return LocalConnectionState.NULL
        known = [state for state in before if state is not None]
        return known[0] if known else LocalConnectionState.CONNECTED

    def _is_over(self, event: Event, connection: ConnectionId) -> bool:
        """Whether our part in the call is over, for switches that leave out our state."""
        if isinstance(event, ConnectionClearedEvent):
            device = connection.device_id
            return device is not None and self._is_own(device)
        return isinstance(event, CallClearedEvent)


def _state_in(event: Event) -> LocalConnectionState | None:
    state: LocalConnectionState | None = getattr(event, "local_connection_info", None)
    return state


def _connections_of(event: _Merged) -> tuple[ConnectionListItem, ...]:
    if isinstance(event, TransferedEvent):
        return event.transferred_connections
    return event.conference_connections


def _own_state(state: CallState) -> LocalConnectionState:
    """The line's own part of a call state: a compound one lists it first, a simple one has it in its name."""
    if isinstance(state, SimpleCallState):
        return _OWN_STATE.get(state, LocalConnectionState.QUEUED)
    if isinstance(state, tuple) and state:
        return state[0]
    return LocalConnectionState.CONNECTED
