"""Transfers and conferences: their events come in many orders, what is told of them is one fact."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import pytest

from csta_xml import CallId
from ctimgr_client.jtapi.keys import LineKey
from ctimgr_client.jtapi.merging import LONGEST
from ctimgr_client.jtapi.numbers import ControlCause, Ev, Reason
from ctimgr_client.jtapi.records import MergeRecord, Record
from ctimgr_client.jtapi.snapshots import snapshot

from .telling import (
    OUT,
    A,
    B,
    C,
    Story,
    answers,
    begins,
    call,
    changed,
    conn,
    holds,
    leaves,
    leg,
    merge,
    phone,
    retrieves,
    rings,
    talk,
)

START, END = Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END
JOIN, JOINED = Ev.CISCO_CONFERENCE_START, Ev.CISCO_CONFERENCE_END
TRANSFERRED = (
    "transferred 1/1+1/2 1001, 1003 transfer (1002<1/1 1003<1/2) | 1001=null 1002=connected 1003=connected"
)
CONFERENCED = (
    "conferenced 1/1+1/2 1001, 1003 conference (1001<1/1 1002<1/1 1003<1/2)"
    " | 1001=connected 1002=connected 1003=connected"
)


def consulting(*watched: LineKey) -> Story:
    """A talks to C and has B on hold."""
    story = Story(*watched or (A, B, C))
    talk(story, "1/1", A, B)
    story.told(holds("1/1", A))
    talk(story, "1/2", A, C)
    return story


def gone(id_: str, line: LineKey) -> list[Record]:
    """A leg between start and end, less the cause that says so."""
    return leaves(id_, line, phone(line), cause=0, reason=Reason.TRANSFER)


def comes(id_: str, line: LineKey) -> list[Record]:
    return [
        *conn(id_, line, Ev.CONN_CREATED, Ev.CONN_CONNECTED, Ev.CTL_CONN_ESTABLISHED),
        *leg(id_, line, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_ACTIVE),
        *leg(id_, line, Ev.CTL_TERM_CONN_TALKING, control=ControlCause.TRANSFER),
    ]


def parties(story: Story, id_: str = "1/1") -> list[str]:
    return sorted(line.dn for line in story.tracker.calls[CallId(id_)].connections)


def orders(groups: Iterable[list[Record]], end: list[Record]) -> list[list[list[Record]]]:
    """The groups in every order, with the end at every place."""
    return [
        [*order[:place], end, *order[place:]]
        for order in permutations(groups)
        for place in range(len(order) + 1)
    ]


TRANSFERS = orders(
    [
        gone("1/1", A),
        gone("1/2", A),
        comes("1/1", C),
        [*changed("1/2", "1/1"), *gone("1/2", C), *call("1/2", Ev.CALL_INVALID)],
    ],
    merge(END, "1/1", "1/2", by=A),
)
CONFERENCES = orders(
    [
        gone("1/2", A),
        leg("1/1", A, Ev.CTL_TERM_CONN_TALKING, control=ControlCause.CONFERENCE),
        comes("1/1", C),
        [*changed("1/2", "1/1"), *gone("1/2", C), *call("1/2", Ev.CALL_INVALID)],
    ],
    merge(JOINED, "1/1", "1/2", by=A),
)


@pytest.mark.parametrize("one_batch", [True, False])
@pytest.mark.parametrize("order", TRANSFERS)
def test_the_legs_of_a_transfer_come_and_go_in_any_order(order: list[list[Record]], one_batch: bool) -> None:
    story = consulting()
    batches = [merge(START, "1/1", "1/2", by=A), *order]
    if one_batch:
        batches = [[record for batch in batches for record in batch]]
    assert story.told(*batches) == [TRANSFERRED]
    assert list(story.tracker.calls) == ["1/1"]
    assert parties(story) == ["1002", "1003"]
    assert story.told(holds("1/1", C)) == ["held 1003 normal | 1002=connected 1003=hold"]


@pytest.mark.parametrize("one_batch", [True, False])
@pytest.mark.parametrize("order", CONFERENCES)
def test_the_legs_of_a_conference_come_and_go_in_any_order(
    order: list[list[Record]], one_batch: bool
) -> None:
    story = consulting()
    batches = [merge(JOIN, "1/1", "1/2", by=A), *order]
    if one_batch:
        batches = [[record for batch in batches for record in batch]]
    assert story.told(*batches) == [CONFERENCED]
    assert list(story.tracker.calls) == ["1/1"]
    assert parties(story) == ["1001", "1002", "1003"]
    assert story.told(holds("1/1", A)) == ["held 1001 normal | 1001=hold 1002=connected 1003=connected"]


def test_the_consultation_may_be_the_call_that_is_left() -> None:
    story = consulting()
    legs = [
        *gone("1/2", A),
        *gone("1/1", A),
        *comes("1/2", B),
        *gone("1/1", B),
        *call("1/1", Ev.CALL_INVALID),
    ]
    assert story.told(merge(START, "1/2", "1/1", by=A), legs, merge(END, "1/2", "1/1", by=A)) == [
        "transferred 1/2+1/1 1001, 1002 transfer (1003<1/2 1002<1/1)"
        " | 1001=null 1003=connected 1002=connected"
    ]
    assert parties(story, "1/2") == ["1002", "1003"]


def test_a_transfer_while_it_rings() -> None:
    story = Story(A, B, C)
    talk(story, "1/1", A, B)
    story.told(holds("1/1", A), *begins("1/2", A, C), rings("1/2", C, phone(C)))
    ringing = [*rings("1/1", C, phone(C)), *gone("1/2", C), *call("1/2", Ev.CALL_INVALID)]
    start, end = merge(START, "1/1", "1/2", by=A), merge(END, "1/1", "1/2", by=A)
    assert story.told([*start, *gone("1/1", A), *gone("1/2", A), *ringing, *end]) == [
        "transferred 1/1+1/2 1001, 1003 transfer (1002<1/1 1003<1/2) | 1001=null 1002=connected 1003=alerting"
    ]
    assert story.told(answers("1/1", C, phone(C))) == [
        "established 1003 normal | 1002=connected 1003=connected"
    ]


def test_a_transfer_in_one_step_is_told_when_it_is_known_where_to() -> None:
    story = Story(A, B)
    talk(story, "1/1", A, B)
    start, end = merge(START, "1/1", by=A), merge(END, "1/1", by=A)
    assert story.told([*start, *gone("1/1", A), *end]) == []
    assert story.told(rings("1/1", OUT)) == [
        "transferred 1/1 1001, 1901 singleStepTransfer (1002<1/1 1901<) | 1001=null 1002=connected",
        "delivered 1901 newCall | 1002=connected",
    ]


def test_one_that_only_the_end_is_heard_of() -> None:
    story = consulting()
    assert story.told(merge(END, "1/1", "1/2", by=A)) == [TRANSFERRED]
    assert parties(story) == ["1002", "1003"]


def test_one_of_calls_that_nobody_knows_is_nothing() -> None:
    story = Story(A)
    assert story.told(merge(START, "1/1", "1/2", by=B), merge(END, "1/1", "1/2", by=B)) == []
    assert story.tracker.calls == {}


def test_only_one_side_is_watched() -> None:
    story = consulting(C)
    story.told(merge(START, "1/1", "1/2", by=A))
    legs = [*gone("1/2", A), *comes("1/1", C), *gone("1/2", C), *call("1/2", Ev.CALL_INVALID)]
    assert story.told([*legs, *merge(END, "1/1", "1/2", by=A)]) == [
        "transferred 1/1+1/2 1001, 1003 transfer (1002<1/1 1003<1/2) | 1003=connected"
    ]


# -- what fails --


def test_one_that_fails_leaves_everything_as_it_was() -> None:
    story = consulting()
    start, failed = merge(START, "1/1", "1/2", by=A), merge(END, "1/1", "1/2", by=A, success=False)
    assert story.told(start, failed) == []
    assert sorted(story.tracker.calls) == ["1/1", "1/2"]
    assert story.told(retrieves("1/1", A)) == ["retrieved 1001 normal | 1001=connected 1002=connected"]


def test_what_has_changed_when_one_fails_is_told() -> None:
    story = consulting()
    within = [*gone("1/2", C), *retrieves("1/1", A)]
    failed = merge(JOINED, "1/1", "1/2", by=A, success=False)
    assert story.told([*merge(JOIN, "1/1", "1/2", by=A), *within, *failed]) == [
        "retrieved 1001 normal | 1001=connected 1002=connected",
        "connectionCleared 1003 normalClearing | 1001=connected 1003=null",
    ]


def test_one_that_never_ends_has_failed_after_a_while() -> None:
    story = consulting()
    assert story.told(merge(START, "1/1", "1/2", by=A), gone("1/2", C)) == []
    story.now = LONGEST
    assert story.told([]) == []
    story.now = LONGEST + 0.1
    assert story.told([]) == ["connectionCleared 1003 normalClearing | 1001=connected 1003=null"]
    assert story.told(holds("1/2", A)) == ["held 1001 normal | 1001=hold"]


def test_a_call_that_ended_during_one_that_fails_is_over() -> None:
    story = consulting()
    start, failed = merge(START, "1/1", "1/2", by=A), merge(END, "1/1", "1/2", by=A, success=False)
    over = [*gone("1/2", C), *gone("1/2", A), *call("1/2", Ev.CALL_INVALID)]
    assert story.told([*start, *over, *failed]) == [
        "connectionCleared 1001 normalClearing | 1003=connected 1001=null",
        "connectionCleared 1003 normalClearing | 1003=null 1001=null",
        "callCleared 1001 normalClearing | 1001=null 1003=null",
    ]
    assert list(story.tracker.calls) == ["1/1"]


# -- one after the other --


def test_the_call_that_is_left_is_transferred_again_and_again() -> None:
    story = Story(A, B, C)
    talk(story, "1/1", A, B)
    told, holder, other, third = [], A, B, C
    for n in (2, 3, 4):
        id_ = f"1/{n}"
        story.told(holds("1/1", holder))
        talk(story, id_, holder, third)
        legs = [*gone("1/1", holder), *gone(id_, holder), *comes("1/1", third), *gone(id_, third)]
        batch = [*legs, *call(id_, Ev.CALL_INVALID), *merge(END, "1/1", id_, by=holder)]
        told += story.told([*merge(START, "1/1", id_, by=holder), *batch])
        holder, other, third = other, third, holder
    assert told == [
        TRANSFERRED,
        "transferred 1/1+1/3 1002, 1001 transfer (1003<1/1 1001<1/3)"
        " | 1002=null 1003=connected 1001=connected",
        "transferred 1/1+1/4 1003, 1002 transfer (1001<1/1 1002<1/4)"
        " | 1003=null 1001=connected 1002=connected",
    ]
    assert list(story.tracker.calls) == ["1/1"]
    assert parties(story) == ["1001", "1002"]


def test_of_a_call_that_went_into_another_one_nothing_more_is_told() -> None:
    story = consulting()
    story.told([*merge(START, "1/1", "1/2", by=A), *merge(END, "1/1", "1/2", by=A)])
    assert story.told(gone("1/2", A), gone("1/2", C), call("1/2", Ev.CALL_INVALID)) == []
    assert [one.connection_identifier.call_id for one in snapshot(story.tracker, phone(C))] == ["1/1"]


def test_one_that_was_over_before_anybody_looked_is_no_news() -> None:
    story = consulting()
    end = MergeRecord(event=END, call=CallId("1/1"), merged=(CallId("1/2"),), controller=A, snapshot=True)
    assert story.told([end]) == []
    assert parties(story) == ["1002", "1003"]
