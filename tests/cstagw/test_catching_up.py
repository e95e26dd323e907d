"""Whatever a client knew and whatever there is now: what it is told in between is legal, and leads there."""

from __future__ import annotations

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from csta_xml import CallId, ConnectionId, DeviceId, Event
from csta_xml import LocalConnectionState as State
from cstagw.calls import KnownCall, LineCalls
from cstagw.catching_up import catch_up
from cstagw.services import EVENTS
from tests.journeys.legal import Checker

OWN, BOB, CAROL = DeviceId("tel:1001"), DeviceId("tel:1002"), DeviceId("tel:1003")
TALKING = (State.CONNECTED, State.HOLD)

parties = st.sampled_from([BOB, CAROL])
calls = st.one_of(
    st.builds(KnownCall, st.just(State.INITIATED), st.just(State.NULL)),
    st.builds(KnownCall, st.just(State.ALERTING), st.sampled_from(TALKING), parties),
    st.builds(KnownCall, st.sampled_from(TALKING), st.sampled_from(TALKING), parties),
    st.builds(KnownCall, st.just(State.CONNECTED), st.sampled_from([State.NULL, State.FAIL]), parties),
    st.builds(KnownCall, st.sampled_from(TALKING), st.just(State.ALERTING), parties),
    st.builds(KnownCall, st.sampled_from(TALKING)),  # a conference
    st.builds(KnownCall, st.just(State.QUEUED)),
)
views = st.dictionaries(st.sampled_from([CallId("a"), CallId("b"), CallId("c")]), calls, max_size=3)


def told(known: dict[CallId, KnownCall], there: dict[CallId, KnownCall], *, made_here: bool) -> list[Event]:
    return catch_up(known, there, OWN, lambda _call: made_here)


def follow(known: dict[CallId, KnownCall], events: list[Event]) -> LineCalls:
    """A client that knew this much, after these events; its checker raises where one is not legal."""
    line, checker = LineCalls(OWN.__eq__), Checker(OWN)
    for event in [*told({}, known, made_here=True), *events]:
        checker(event)
        line.event(event, cast(ConnectionId, getattr(event, EVENTS[type(event)].connection)))
    assert checker.calls == line.states()
    return line


@settings(max_examples=300)
@given(views, views, st.booleans())
def test_the_client_ends_up_knowing_what_there_is(
    known: dict[CallId, KnownCall], there: dict[CallId, KnownCall], made_here: bool
) -> None:
    line = follow(known, told(known, there, made_here=made_here))
    assert line.states() == {call: now.own for call, now in there.items()}


@given(views)
def test_nothing_is_told_where_nothing_was_missed(known: dict[CallId, KnownCall]) -> None:
    assert told(known, known, made_here=False) == []


def names(known: KnownCall | None, there: KnownCall | None, *, made_here: bool = False) -> list[str]:
    call = CallId("a")
    before, now = ({call: one} if one is not None else {} for one in (known, there))
    return [type(event).__name__ for event in told(before, now, made_here=made_here)]


def test_a_call_that_was_answered_meanwhile() -> None:
    ringing = KnownCall(State.CONNECTED, State.ALERTING, BOB)
    assert names(ringing, KnownCall(State.CONNECTED, State.CONNECTED, BOB)) == ["EstablishedEvent"]


def test_a_party_that_was_transferred_meanwhile() -> None:
    talking = KnownCall(State.CONNECTED, State.CONNECTED, BOB)
    assert names(talking, KnownCall(State.CONNECTED, State.CONNECTED, CAROL)) == ["TransferedEvent"]


def test_a_call_that_was_made_meanwhile() -> None:
    now = KnownCall(State.HOLD, State.CONNECTED, BOB)
    outgoing = ["ServiceInitiatedEvent", "OriginatedEvent", "DeliveredEvent", "EstablishedEvent", "HeldEvent"]
    assert names(None, now, made_here=True) == outgoing
    assert names(None, now) == ["DeliveredEvent", "EstablishedEvent", "HeldEvent"]


def test_a_call_that_ended_meanwhile() -> None:
    assert names(KnownCall(State.HOLD, State.CONNECTED, BOB), None) == ["ConnectionClearedEvent"]
