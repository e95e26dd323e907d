"""From what a client knows of its calls to what there is: the events that lead from the one to the other.

Used where events may have been missed. What a client is told is a legal sequence (ECMA-269 §17.2): calls that
are over end first, what is held is held before anything is taken up, new calls are announced as they would
have been. Pure; device identifiers are those of the CTIManager.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from csta_xml import (
    Absent,
    BridgedEvent,
    CallId,
    Cause,
    ConnectionClearedEvent,
    ConnectionId,
    ConnectionListItem,
    DeliveredEvent,
    DeviceId,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    MonitorCrossRefId,
    OriginatedEvent,
    Party,
    RetrievedEvent,
    ServiceInitiatedEvent,
    TransferedEvent,
)
from csta_xml import LocalConnectionState as State

from .calls import KnownCall
from .identity import number_of

_REF = MonitorCrossRefId("")  # every monitor puts in its own
_IN_CALL = (State.CONNECTED, State.HOLD)


def catch_up(
    known: Mapping[CallId, KnownCall],
    there: Mapping[CallId, KnownCall],
    own: DeviceId,
    made_here: Callable[[CallId], bool],
) -> list[Event]:
    """The events that are missing. `made_here` says whether a call that is new to the client was made by its
    line; it is asked only where that makes a difference."""
    missing: list[Event] = []
    for call, before in known.items():
        if call not in there or not _can_become(before, there[call]):
            missing.append(_cleared(call, own))
    changes: list[tuple[int, list[Event]]] = []
    for call, now in there.items():
        story = _Story(call, own, now)
        if call in known and _can_become(known[call], now):
            events = story.changed(known[call])
        else:
            events = story.announced(made_here=needs_direction(now) and made_here(call))
        changes.append((_turn(now), events))
    for _, events in sorted(changes, key=lambda change: change[0]):
        missing += events
    return missing


def needs_direction(now: KnownCall) -> bool:
    """Whether it makes a difference for announcing a call who made it."""
    return now.own in _IN_CALL and now.far not in (State.NULL, State.ALERTING, State.FAIL)


def _can_become(before: KnownCall, now: KnownCall) -> bool:
    """A connection does not go back to ringing or dialling, and what one phone dials no other has: then it is
    another call under the same id."""
    if now.own is before.own:
        return True
    if before.own is State.INITIATED and now.own is State.QUEUED:
        return False
    return now.own not in (State.INITIATED, State.ALERTING)


def _turn(now: KnownCall) -> int:
    """A line has one active call: what is held now comes before what is active."""
    return 1 if now.own is State.CONNECTED else 0


def _cleared(call: CallId, own: DeviceId) -> Event:
    return ConnectionClearedEvent(
        monitor_cross_ref_id=_REF,
        dropped_connection=ConnectionId(call, own),
        releasing_device=own,
        local_connection_info=State.NULL,
        cause=Cause.NORMAL_CLEARING,
    )


@dataclass(frozen=True, slots=True)
class _Story:
    """The events of one call, told to the line `own`; `now` is how it ends."""

    call: CallId
    own: DeviceId
    now: KnownCall

    def announced(self, *, made_here: bool) -> list[Event]:
        """A call that the client has never heard of."""
        now = self.now
        if now.own is State.INITIATED:
            return [self._initiated()]
        if now.own is State.ALERTING:
            return [self._rings_here(), *self._far_held()]
        if now.own is State.QUEUED:
            return [self._rings_here(), self._bridged()]
        if made_here or not needs_direction(now):
            dialled = [self._initiated(), self._originated()]
            return [*dialled, *self._far(State.NULL), *self._own_held()]
        return [self._rings_here(), self._answered_here(), *self._far_held(), *self._own_held()]

    def changed(self, before: KnownCall) -> list[Event]:
        """A call that the client knows in an earlier state."""
        events: list[Event] = []
        if self._was_elsewhere(before):
            before = replace(before, far=State.NULL, party=None)
        own = before.own
        if own is not self.now.own and self.now.own is State.QUEUED:
            events.append(self._bridged())
            own = State.QUEUED
        if own is State.INITIATED and self.now.own in _IN_CALL:
            events.append(self._originated())
            own = State.CONNECTED
        if own is State.ALERTING and self.now.own in _IN_CALL:
            events.append(self._answered_here())
            own = State.CONNECTED
        taken_over = own is State.QUEUED and self.now.own in _IN_CALL
        if taken_over or (own is State.HOLD and self.now.own is State.CONNECTED):
            events.append(self._retrieved_here())
            own = State.CONNECTED
        events += self._other_party(before, own)
        events += self._far(before.far, own) if before.far is not None else []
        if own is State.CONNECTED and self.now.own is State.HOLD:
            events += self._own_held()
        return events

    # --- the far end ----------------------------------------------------------------------------------------

    def _far(self, before: State | None, own: State = State.CONNECTED) -> list[Event]:
        """From the far end's state before to what it is now, while the own connection is in `own`."""
        far = self.now.far
        if far is None or far is before or far is State.NULL:
            return []
        if far is State.FAIL:
            return [self._failed(own)]
        events: list[Event] = []
        if before is State.NULL:
            events.append(self._rings_there(own))
        if before in (State.NULL, State.ALERTING) and far in _IN_CALL:
            events.append(self._answered_there(own))
        if before is State.HOLD and far is State.CONNECTED:
            events.append(self._retrieved(self._there, own))
        if far is State.HOLD:
            events.append(self._held(self._there, own))
        return events

    def _was_elsewhere(self, before: KnownCall) -> bool:
        """Another phone of the line had the call, and was the other party as far as the client knew."""
        taken_over = before.own is State.QUEUED and self.now.own in _IN_CALL
        return taken_over and before.party is not None and number_of(before.party) == number_of(self.own)

    def _other_party(self, before: KnownCall, own: State) -> list[Event]:
        """Somebody else is at the far end than before: he was transferred."""
        old, new = before.party, self.now.party
        if old is None or new is None or own not in _IN_CALL or number_of(old) == number_of(new):
            return []
        return [
            TransferedEvent(
                monitor_cross_ref_id=_REF,
                primary_old_call=ConnectionId(self.call, old),
                transferring_device=old,
                transferred_to_device=new,
                transferred_connections=(
                    ConnectionListItem(new_connection=ConnectionId(self.call, self.own), endpoint=self.own),
                    ConnectionListItem(new_connection=ConnectionId(self.call, new), endpoint=new),
                ),
                local_connection_info=own,
                cause=Cause.TRANSFER,
            )
        ]

    def _far_held(self) -> list[Event]:
        return [self._held(self._there, self._heard)] if self.now.far is State.HOLD else []

    def _own_held(self) -> list[Event]:
        return [self._held(self.own, State.HOLD)] if self.now.own is State.HOLD else []

    # --- single events --------------------------------------------------------------------------------------

    @property
    def _there(self) -> DeviceId | None:
        return self.now.party

    @property
    def _heard(self) -> State:
        """The own state while the far end is told of: holding comes last."""
        return State.CONNECTED if self.now.own is State.HOLD else self.now.own

    def _at(self, device: DeviceId | None) -> ConnectionId:
        return ConnectionId(self.call, device)

    def _initiated(self) -> Event:
        return ServiceInitiatedEvent(
            monitor_cross_ref_id=_REF,
            initiated_connection=self._at(self.own),
            initiating_device=self.own,
            local_connection_info=State.INITIATED,
            cause=Cause.MAKE_CALL,
        )

    def _originated(self) -> Event:
        return OriginatedEvent(
            monitor_cross_ref_id=_REF,
            originated_connection=self._at(self.own),
            calling_device=self.own,
            called_device=_party(self._there),
            local_connection_info=State.CONNECTED,
            cause=Cause.NEW_CALL,
        )

    def _rings_here(self) -> Event:
        return DeliveredEvent(
            monitor_cross_ref_id=_REF,
            connection=self._at(self.own),
            alerting_device=self.own,
            calling_device=_party(self._there),
            called_device=self.own,
            local_connection_info=State.ALERTING,
            cause=Cause.NEW_CALL,
        )

    def _answered_here(self) -> Event:
        return EstablishedEvent(
            monitor_cross_ref_id=_REF,
            established_connection=self._at(self.own),
            answering_device=self.own,
            calling_device=_party(self._there),
            called_device=self.own,
            local_connection_info=State.CONNECTED,
            cause=Cause.NORMAL,
        )

    def _rings_there(self, own: State) -> Event:
        return DeliveredEvent(
            monitor_cross_ref_id=_REF,
            connection=self._at(self._there),
            alerting_device=_party(self._there),
            calling_device=self.own,
            called_device=_party(self._there),
            local_connection_info=own,
            cause=Cause.NEW_CALL,
        )

    def _answered_there(self, own: State) -> Event:
        return EstablishedEvent(
            monitor_cross_ref_id=_REF,
            established_connection=self._at(self._there),
            answering_device=_party(self._there),
            calling_device=self.own,
            called_device=_party(self._there),
            local_connection_info=own,
            cause=Cause.NORMAL,
        )

    def _failed(self, own: State) -> Event:
        return FailedEvent(
            monitor_cross_ref_id=_REF,
            failed_connection=self._at(self._there),
            failing_device=_party(self._there),
            calling_device=self.own,
            called_device=_party(self._there),
            local_connection_info=own,
            cause=Cause.NORMAL,
        )

    def _held(self, device: DeviceId | None, own: State) -> Event:
        return HeldEvent(
            monitor_cross_ref_id=_REF,
            held_connection=self._at(device),
            holding_device=_party(device),
            local_connection_info=own,
            cause=Cause.NORMAL,
        )

    def _retrieved(self, device: DeviceId | None, own: State) -> Event:
        return RetrievedEvent(
            monitor_cross_ref_id=_REF,
            retrieved_connection=self._at(device),
            retrieving_device=_party(device),
            local_connection_info=own,
            cause=Cause.NORMAL,
        )

    def _retrieved_here(self) -> Event:
        return self._retrieved(self.own, State.CONNECTED)

    def _bridged(self) -> Event:
        return BridgedEvent(
            monitor_cross_ref_id=_REF,
            bridged_connection=self._at(self.own),
            bridged_appearance=self.own,
            local_connection_info=State.QUEUED,
            cause=Cause.NORMAL,
        )


def _party(device: DeviceId | None) -> Party:
    return Absent.NOT_KNOWN if device is None else device
