"""What a session knows of the calls at its line: read from the events and snapshots that pass through.

For display, for telling a new call from a known one, and for bringing a client up to date after a gap; never
the ground for refusing a service, which is the CTIManager's to judge. Knows the event structures of ECMA-269
§17.2, no monitors and no SIP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from csta_xml import (
    Absent,
    BridgedEvent,
    CallClearedEvent,
    CallId,
    CallState,
    ConferencedEvent,
    ConnectionClearedEvent,
    ConnectionId,
    ConnectionListItem,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    OriginatedEvent,
    Party,
    RetrievedEvent,
    ServiceInitiatedEvent,
    SimpleCallState,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
    TransferedEvent,
)
from csta_xml import LocalConnectionState as State

#: Calls remembered; a line has a handful.
MAX_CALLS = 256

#: A simple call state is a pair; here the line's own connection first, the far end second.
_PAIRS = {
    SimpleCallState.NULL: (State.NULL, State.NULL),
    SimpleCallState.PENDING: (State.INITIATED, State.NULL),
    SimpleCallState.ORIGINATED: (State.CONNECTED, State.NULL),
    SimpleCallState.DELIVERED: (State.CONNECTED, State.ALERTING),
    SimpleCallState.DELIVERED_HELD: (State.HOLD, State.ALERTING),
    SimpleCallState.RECEIVED: (State.ALERTING, State.CONNECTED),
    SimpleCallState.RECEIVED_ON_HOLD: (State.ALERTING, State.HOLD),
    SimpleCallState.ESTABLISHED: (State.CONNECTED, State.CONNECTED),
    SimpleCallState.ESTABLISHED_HELD: (State.HOLD, State.CONNECTED),
    SimpleCallState.ESTABLISHED_ON_HOLD: (State.CONNECTED, State.HOLD),
    SimpleCallState.FAILED: (State.CONNECTED, State.FAIL),
    SimpleCallState.FAILED_HELD: (State.HOLD, State.FAIL),
}
#: What an event about somebody else's connection says of the far end.
_FAR: dict[type[Event], State] = {
    DeliveredEvent: State.ALERTING,
    EstablishedEvent: State.CONNECTED,
    HeldEvent: State.HOLD,
    RetrievedEvent: State.CONNECTED,
    FailedEvent: State.FAIL,
}

#: What an event about our own connection makes of it.
_OWN: dict[type[Event], State] = {
    ServiceInitiatedEvent: State.INITIATED,
    OriginatedEvent: State.CONNECTED,
    DeliveredEvent: State.ALERTING,
    EstablishedEvent: State.CONNECTED,
    HeldEvent: State.HOLD,
    RetrievedEvent: State.CONNECTED,
    BridgedEvent: State.QUEUED,
    FailedEvent: State.CONNECTED,
    DivertedEvent: State.NULL,
    ConnectionClearedEvent: State.NULL,
}

_Merged: TypeAlias = TransferedEvent | ConferencedEvent


@dataclass(frozen=True, slots=True)
class KnownCall:
    """One call as the line sees it: its own connection's state, the far end's and who that is, where they are
    known; in a conference they are not."""

    own: State
    far: State | None = None
    party: DeviceId | None = None


class LineCalls:
    """The calls of one line; `is_own` says whether a device is the line."""

    __slots__ = ("_calls", "_is_own")

    def __init__(self, is_own: Callable[[DeviceId], bool]) -> None:
        self._is_own = is_own
        self._calls: dict[CallId, KnownCall] = {}

    def __contains__(self, call: CallId) -> bool:
        return call in self._calls

    def __iter__(self) -> Iterator[CallId]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def known(self) -> dict[CallId, KnownCall]:
        """Every call."""
        return dict(self._calls)

    def states(self) -> dict[CallId, State]:
        """Every call with the state of the line's own connection."""
        return {call: known.own for call, known in self._calls.items()}

    @property
    def busy(self) -> bool:
        """Whether the line's own phone takes part in a call; one at another phone of the line is none."""
        return any(known.own is not State.QUEUED for known in self._calls.values())

    def event(self, event: Event, connection: ConnectionId) -> None:
        """Follow a call event; `connection` is the one that the event names the call by."""
        call = connection.call_id
        if isinstance(event, TransferedEvent | ConferencedEvent):
            self._merge(event)
        elif call is not None:
            state = _state_in(event) or self._implied(event, connection)
            if state is State.NULL:
                self._calls.pop(call, None)
            elif state is not None:
                self._note(call, self._after(event, connection, state))

    def snapshot(self, snapshot: SnapshotDeviceResponse) -> None:
        """What the line has now: nothing else is known any more."""
        self._calls.clear()
        for call, known in calls_of(snapshot).items():
            self._note(call, known)

    def clear(self) -> None:
        """Nothing is watched any more."""
        self._calls.clear()

    def _note(self, call: CallId, known: KnownCall) -> None:
        if call in self._calls or len(self._calls) < MAX_CALLS:
            self._calls[call] = known

    def _after(self, event: Event, connection: ConnectionId, own: State) -> KnownCall:
        """What the call is after an event that is about one of its connections."""
        call, device = connection.call_id, connection.device_id
        before = self._calls.get(call, KnownCall(own)) if call is not None else KnownCall(own)
        if isinstance(event, ServiceInitiatedEvent):
            return KnownCall(own, State.NULL)
        if isinstance(event, OriginatedEvent):
            return KnownCall(own, State.NULL, _device(event.called_device))
        if isinstance(event, DivertedEvent):
            return KnownCall(own, State.NULL, _device(event.new_destination))
        if device is not None and not self._is_own(device):
            if isinstance(event, ConnectionClearedEvent):
                return KnownCall(own)  # of how many are left nothing is said
            far = _FAR.get(type(event))
            return replace(before, own=own) if far is None else KnownCall(own, far, device)
        if isinstance(event, DeliveredEvent | EstablishedEvent):
            caller = _device(event.calling_device)
            return KnownCall(own, before.far or State.CONNECTED, before.party or caller)
        return replace(before, own=own)

    def _merge(self, event: _Merged) -> None:
        """Two calls became one, or one got other parties: the ids of before are gone."""
        old = (event.primary_old_call, event.secondary_old_call)
        before = [self._calls.pop(one.call_id, None) for one in old if one is not None and one.call_id]
        items = _connections_of(event)
        own = event.local_connection_info or self._left_out(event, before, items)
        call = self._new_call(event, items)
        if call is not None and own is not State.NULL:
            others = [device for item in items if (device := self._other(item)) is not None]
            self._note(call, KnownCall(own, None, others[0] if len(others) == 1 else None))

    def _new_call(self, event: _Merged, items: tuple[ConnectionListItem, ...]) -> CallId | None:
        """All parties are on one call now; where a switch gives them several ids, ours counts."""
        ours = [item.new_connection for item in items if self._other(item) is None]
        everybody = [item.new_connection for item in items]
        named = [one for one in (*ours, *everybody, event.primary_old_call) if one is not None]
        return named[0].call_id

    def _other(self, item: ConnectionListItem) -> DeviceId | None:
        """Whose connection this is, where it is somebody else's."""
        device = item.new_connection.device_id if item.new_connection is not None else None
        return device if device is not None and not self._is_own(device) else None

    def _left_out(
        self, event: _Merged, before: list[KnownCall | None], items: tuple[ConnectionListItem, ...]
    ) -> State:
        """Our state where a switch does not say it: who transfers is out, and who stands in no list of all
        parties; who confers is in the conference; everybody else stays as he was."""
        if isinstance(event, TransferedEvent):
            acting, acted = event.transferring_device, State.NULL
        else:
            acting, acted = event.conferencing_device, State.CONNECTED
        if not isinstance(acting, Absent) and self._is_own(acting):
            return acted
        if items and all(self._other(item) is not None for item in items):
            return State.NULL
        known = [one.own for one in before if one is not None]
        return known[0] if known else State.CONNECTED

    def _implied(self, event: Event, connection: ConnectionId) -> State | None:
        """Our state where a switch does not say it: from the event, if it is about our connection."""
        if isinstance(event, CallClearedEvent):
            return State.NULL
        if connection.device_id is not None and self._is_own(connection.device_id):
            return _OWN.get(type(event))
        before = self._calls.get(connection.call_id) if connection.call_id is not None else None
        if before is not None:
            return before.own
        return State.CONNECTED if isinstance(event, DeliveredEvent | EstablishedEvent) else None


def calls_of(snapshot: SnapshotDeviceResponse) -> dict[CallId, KnownCall]:
    """The calls in a snapshot of a device (ECMA-269 §16)."""
    calls: dict[CallId, KnownCall] = {}
    for entry in snapshot.snapshot:
        call, known = entry.connection_identifier.call_id, _known(entry)
        if call is not None and known.own is not State.NULL:
            calls[call] = known
    return calls


def _known(entry: SnapshotDeviceInfo) -> KnownCall:
    own, far = _pair(entry.local_call_state)
    return KnownCall(own, far, _device(entry.endpoint_device))


def _pair(state: CallState) -> tuple[State, State | None]:
    """Own and far state; a compound state lists its own first."""
    if isinstance(state, SimpleCallState):
        return _PAIRS.get(state, (State.QUEUED, None))
    if isinstance(state, tuple) and state:
        return state[0], state[1] if len(state) == 2 else None
    return State.CONNECTED, None


def _state_in(event: Event) -> State | None:
    state: State | None = getattr(event, "local_connection_info", None)
    return state


def _connections_of(event: _Merged) -> tuple[ConnectionListItem, ...]:
    if isinstance(event, TransferedEvent):
        return event.transferred_connections
    return event.conference_connections


def _device(party: Party | None) -> DeviceId | None:
    return None if party is None or isinstance(party, Absent) else party
