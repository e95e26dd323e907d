"""What is a legal sequence of call events for one device monitor, as a checker (ECMA-269 §17.2).

Follows every call through the states of the line's own connection. Knows only what a client sees: no cluster,
no gateway.
"""

from __future__ import annotations

from csta_xml import (
    BridgedEvent,
    CallId,
    ConferencedEvent,
    ConnectionClearedEvent,
    ConnectionId,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    LocalConnectionState,
    NetworkReachedEvent,
    OriginatedEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
    TransferedEvent,
)
from cstagw.services import EVENTS

State = LocalConnectionState
NULL = State.NULL

#: From which own states an event may lead to which, when the event is about the own connection.
OWN: dict[type[Event], set[tuple[State, State]]] = {
    ServiceInitiatedEvent: {(NULL, State.INITIATED)},
    OriginatedEvent: {(State.INITIATED, State.CONNECTED)},
    DeliveredEvent: {(NULL, State.ALERTING)},
    EstablishedEvent: {
        (State.ALERTING, State.CONNECTED),
        (NULL, State.CONNECTED),  # picked up here
        (State.CONNECTED, State.CONNECTED),  # taken from a park number
    },
    HeldEvent: {(State.CONNECTED, State.HOLD)},
    RetrievedEvent: {(State.HOLD, State.CONNECTED), (State.QUEUED, State.CONNECTED)},
    BridgedEvent: {
        (state, State.QUEUED) for state in (State.ALERTING, State.CONNECTED, State.HOLD, State.QUEUED)
    },
    FailedEvent: {(State.CONNECTED, State.CONNECTED)},  # forwarded back to who calls
    DivertedEvent: {
        (NULL, NULL),  # forwarded before it rang
        (State.ALERTING, NULL),
        (State.CONNECTED, NULL),  # parked
        (State.HOLD, NULL),
    },
    ConnectionClearedEvent: {
        (state, NULL)
        for state in (State.INITIATED, State.ALERTING, State.CONNECTED, State.HOLD, State.QUEUED)
    },
}
#: What may be told about somebody else's connection while the own one is in a state; it stays in it.
OTHERS = {
    NetworkReachedEvent,
    DeliveredEvent,
    EstablishedEvent,
    HeldEvent,
    RetrievedEvent,
    DivertedEvent,
    FailedEvent,
}
#: What another phone of the same line does with a call, by the own states before and after.
ELSEWHERE: dict[type[Event], set[tuple[State, State]]] = {
    OriginatedEvent: {(NULL, State.QUEUED)},
    EstablishedEvent: {(NULL, State.QUEUED), (State.ALERTING, State.QUEUED)},
    RetrievedEvent: {(State.HOLD, State.QUEUED)},
}


class Illegal(AssertionError):
    """An event that cannot come here."""


class Checker:
    """Give it each event of one device monitor in order."""

    def __init__(self, line: DeviceId) -> None:
        self._line = line
        self._calls: dict[CallId, State] = {}
        self._over: set[CallId] = set()
        self._told: list[Event] = []

    def __call__(self, event: Event) -> None:
        rule = EVENTS[type(event)]
        if not rule.connection:
            return
        self._told.append(event)
        if isinstance(event, TransferedEvent | ConferencedEvent):
            self._merged(event)
            return
        connection: ConnectionId = getattr(event, rule.connection)
        local: State | None = getattr(event, "local_connection_info", None)
        call = connection.call_id
        if call is None or local is None:
            raise self._illegal(event, "names no call, or not the own state")
        before = self._calls.get(call, NULL)
        if connection.device_id == self._line:
            self._own(event, before, local)
        else:
            self._other(event, call, before, local)
        self._set(call, local)

    @property
    def calls(self) -> dict[CallId, State]:
        return dict(self._calls)

    def _own(self, event: Event, before: State, local: State) -> None:
        if isinstance(event, ConnectionClearedEvent) and before is NULL and local is NULL:
            raise self._illegal(event, "a call that is over is cleared again")
        if (before, local) not in OWN.get(type(event), set()):
            raise self._illegal(event, f"own connection from {before} to {local}")

    def _other(self, event: Event, call: CallId, before: State, local: State) -> None:
        if before is NULL and isinstance(event, ConnectionClearedEvent) and call in self._over:
            return  # who leaves a call of two sees the other one go with it
        if (before, local) in ELSEWHERE.get(type(event), set()):
            return
        if before is NULL:
            raise self._illegal(event, "about a call that was never announced")
        if isinstance(event, ConnectionClearedEvent):
            allowed = local in (before, NULL)
        else:
            allowed = type(event) in OTHERS and local is before
        if not allowed:
            raise self._illegal(event, f"somebody else's connection, own from {before} to {local}")

    def _merged(self, event: TransferedEvent | ConferencedEvent) -> None:
        old = [one for one in (event.primary_old_call, event.secondary_old_call) if one is not None]
        before = [self._calls.pop(one.call_id, NULL) for one in old if one.call_id is not None]
        if all(state is NULL for state in before):
            raise self._illegal(event, "neither of the calls was known")
        items = (
            event.transferred_connections
            if isinstance(event, TransferedEvent)
            else event.conference_connections
        )
        new = {item.new_connection.call_id for item in items if item.new_connection is not None}
        if len(new) != 1:
            raise self._illegal(event, "the parties are not all on one call")
        local = event.local_connection_info
        if local is None or (local is NULL) != (self._leaves(event)):
            raise self._illegal(event, "who leaves and who stays")
        [call] = new
        if call is not None:
            self._set(call, local)

    def _leaves(self, event: TransferedEvent | ConferencedEvent) -> bool:
        return isinstance(event, TransferedEvent) and event.transferring_device == self._line

    def _set(self, call: CallId, state: State) -> None:
        if state is NULL:
            self._calls.pop(call, None)
            self._over.add(call)
        else:
            self._calls[call] = state
            self._over.discard(call)

    def _illegal(self, event: Event, why: str) -> Illegal:
        story = "\n".join(f"  {one}" for one in self._told)
        return Illegal(f"{why}: {event}\n{story}")
