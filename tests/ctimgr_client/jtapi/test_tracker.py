"""Records of JTAPI's events in, what CSTA tells of them out: calls."""

from dataclasses import replace

from csta_xml import CallId
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import ControlCause, Ev, Reason
from ctimgr_client.jtapi.records import CallRecord
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
    phone,
    retrieves,
    rings,
    talk,
)


def test_a_call_to_somebody_who_is_not_seen() -> None:
    story = Story(A)
    assert story.told(*begins("1/1", A, OUT)) == [
        "serviceInitiated 1001 newCall | 1001=initiated",
        "originated 1001 newCall | 1001=connected",
    ]
    assert story.told(rings("1/1", OUT)) == ["delivered 1901 newCall | 1001=connected"]
    assert story.told(answers("1/1", OUT)) == ["established 1901 normal | 1001=connected"]
    assert story.told(leaves("1/1", OUT), leaves("1/1", A, phone(A)), call("1/1", Ev.CALL_INVALID)) == [
        "connectionCleared 1901 normalClearing | 1001=connected",
        "connectionCleared 1001 normalClearing | 1001=null",
        "callCleared 1001 normalClearing | 1001=null",
    ]
    assert story.tracker.calls == {}


def test_everything_in_one_batch_is_told_in_the_same_order() -> None:
    story = Story(A)
    whole = [one for batch in begins("1/1", A, OUT) for one in batch]
    assert story.told([*whole, *rings("1/1", OUT), *answers("1/1", OUT), *holds("1/1", A)]) == [
        "serviceInitiated 1001 newCall | 1001=initiated",
        "originated 1001 newCall | 1001=connected",
        "delivered 1901 newCall | 1001=connected",
        "established 1901 normal | 1001=connected",
        "held 1001 normal | 1001=hold",
    ]


def test_the_leg_may_come_in_a_batch_of_its_own() -> None:
    story = Story(A)
    head = [*call("1/1", Ev.CALL_ACTIVE), *conn("1/1", A, Ev.CONN_CREATED, Ev.CTL_CONN_INITIATED)]
    assert story.told(head) == []
    assert story.told(leg("1/1", A, Ev.TERM_CONN_CREATED, Ev.CTL_TERM_CONN_TALKING)) == [
        "serviceInitiated 1001 newCall | 1001=initiated"
    ]


def test_both_sides_see_one_call() -> None:
    story = Story(A, B)
    story.told(*begins("1/1", A, B))
    assert story.told(rings("1/1", B, phone(B))) == ["delivered 1002 newCall | 1001=connected 1002=alerting"]
    assert story.told(answers("1/1", B, phone(B))) == [
        "established 1002 normal | 1001=connected 1002=connected"
    ]
    assert story.told(holds("1/1", B)) == ["held 1002 normal | 1001=connected 1002=hold"]
    assert story.told(retrieves("1/1", B)) == ["retrieved 1002 normal | 1001=connected 1002=connected"]
    assert story.told(leaves("1/1", B, phone(B))) == [
        "connectionCleared 1002 normalClearing | 1001=connected 1002=null"
    ]
    assert story.told(leaves("1/1", A, phone(A))) == [
        "connectionCleared 1001 normalClearing | 1001=null 1002=null"
    ]


def test_an_incoming_call_is_told_when_the_own_phone_rings() -> None:
    story = Story(B)
    ringing = rings("1/1", B)
    assert story.told(call("1/1", Ev.CALL_ACTIVE), conn("1/1", OUT, Ev.CONN_CREATED), ringing) == []
    late = leg("1/1", B, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_RINGING, Ev.CTL_TERM_CONN_RINGING)
    assert story.told(late) == ["delivered 1002 newCall | 1002=alerting"]


def test_a_swap_at_the_phone_is_a_held_and_a_retrieved_one() -> None:
    story = Story(A)
    talk(story, "1/1", A, B)
    story.told(holds("1/1", A))
    talk(story, "1/2", A, C)
    assert story.told([*holds("1/2", A), *leg("1/1", A, Ev.CTL_TERM_CONN_TALKING)]) == [
        "held 1001 normal | 1001=hold",
        "retrieved 1001 normal | 1001=connected",
    ]


def test_a_busy_destination_fails() -> None:
    story = Story(A)
    story.told(*begins("1/1", A, OUT))
    failed = conn("1/1", OUT, Ev.CONN_CREATED, Ev.CONN_FAILED, Ev.CTL_CONN_FAILED, cause=17)
    assert story.told(failed) == ["failed 1901 busy | 1001=connected"]
    (entry,) = snapshot(story.tracker, phone(A))
    assert (entry.endpoint_device, entry.local_call_state) == (OUT.device_id, "callFailed")


def test_a_call_that_leaves_through_a_trunk() -> None:
    story = Story(A)
    story.told(*begins("1/1", A, OUT))
    reached = conn("1/1", OUT, Ev.CONN_CREATED, Ev.CTL_CONN_NETWORK_REACHED)
    assert story.told(reached) == ["networkReached 1901 newCall | 1001=connected"]
    assert story.told(conn("1/1", OUT, Ev.CTL_CONN_NETWORK_ALERTING)) == [
        "delivered 1901 newCall | 1001=connected"
    ]


def test_what_is_forwarded_is_diverted_and_rings_elsewhere() -> None:
    story = Story(A, B)
    story.told(*begins("1/1", A, B), rings("1/1", B, phone(B)))
    gone = leaves("1/1", B, phone(B), cause=0, reason=Reason.FORWARD_NO_ANSWER)
    assert story.told(gone) == ["diverted 1002 callForwardNoAnswer | 1001=connected 1002=null"]
    ringing = conn("1/1", C, Ev.CONN_CREATED, Ev.CTL_CONN_ALERTING, reason=Reason.FORWARD_NO_ANSWER)
    assert story.told(ringing) == ["delivered 1003 callForwardNoAnswer | 1001=connected"]


# -- shared lines --

DESK, SOFT = Appearance("DESK", LineKey("1100")), Appearance("SOFT", LineKey("1100"))
SHARED = LineKey("1100")


def test_a_shared_line_rings_everywhere_and_one_answers() -> None:
    story = Story(A, DESK, SOFT)
    story.told(*begins("1/1", A, SHARED))
    assert story.told(rings("1/1", SHARED, DESK, SOFT)) == [
        "delivered 1100 newCall | 1001=connected 1100@DESK=alerting 1100@SOFT=alerting"
    ]
    assert story.told(answers("1/1", SHARED, DESK, SOFT)) == [
        "established 1100@DESK normal | 1001=connected 1100@DESK=connected 1100@SOFT=queued",
        "bridged 1100@SOFT normal | 1100@SOFT=queued",
    ]
    story.told(holds("1/1", DESK))
    taken = [*retrieves("1/1", SOFT), *leg("1/1", DESK, Ev.CTL_TERM_CONN_BRIDGED)]
    assert story.told(taken) == [
        "retrieved 1100@SOFT normal | 1001=connected 1100@DESK=queued 1100@SOFT=connected",
        "bridged 1100@DESK normal | 1100@DESK=queued",
    ]
    assert story.told(leaves("1/1", SHARED, DESK, SOFT)) == [
        "connectionCleared 1100 normalClearing | 1001=connected 1100@DESK=null 1100@SOFT=null",
    ]


def test_devices_of_a_line_that_ring_one_after_the_other_are_told_once_each() -> None:
    story = Story(A, DESK, SOFT)
    story.told(*begins("1/1", A, SHARED))
    assert story.told(rings("1/1", SHARED, DESK)) == [
        "delivered 1100 newCall | 1001=connected 1100@DESK=alerting"
    ]
    late = leg("1/1", SOFT, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_RINGING, Ev.CTL_TERM_CONN_RINGING)
    assert story.told(late) == ["delivered 1100 newCall | 1100@SOFT=alerting"]


def test_only_open_appearances_are_told() -> None:
    story = Story(DESK)
    story.told(call("1/1", Ev.CALL_ACTIVE), conn("1/1", A, Ev.CONN_CREATED))
    assert story.told(rings("1/1", SHARED, DESK, SOFT)) == ["delivered 1100 newCall | 1100@DESK=alerting"]
    assert story.told(answers("1/1", SHARED, SOFT, DESK)) == [
        "established 1100@SOFT normal | 1100@DESK=queued",
        "bridged 1100@DESK normal | 1100@DESK=queued",
    ]


def test_another_device_of_the_line_hears_of_a_call_once_it_is_dialled() -> None:
    story = Story(DESK, SOFT)
    head, dialled = begins("1/1", SOFT, OUT)
    looks_on = leg("1/1", DESK, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_PASSIVE, Ev.CTL_TERM_CONN_BRIDGED)
    assert story.told([*head, *looks_on]) == ["serviceInitiated 1100@SOFT newCall | 1100@SOFT=initiated"]
    assert snapshot(story.tracker, DESK) == ()
    assert story.told(dialled) == [
        "originated 1100@SOFT newCall | 1100@SOFT=connected 1100@DESK=queued",
        "bridged 1100@DESK normal | 1100@DESK=queued",
    ]


def test_of_a_call_that_was_never_dialled_only_who_began_it_hears() -> None:
    story = Story(DESK, SOFT)
    head, _ = begins("1/1", SOFT, OUT)
    story.told([*head, *leg("1/1", DESK, Ev.TERM_CONN_CREATED, Ev.CTL_TERM_CONN_BRIDGED)])
    assert story.told([*leaves("1/1", SHARED, DESK, SOFT), *call("1/1", Ev.CALL_INVALID)]) == [
        "connectionCleared 1100 normalClearing | 1100@SOFT=null",
        "callCleared 1100 normalClearing | 1100@SOFT=null",
    ]


# -- the end of a call of several --


def three_talk(story: Story) -> None:
    talk(story, "1/1", A, B)
    third = [*conn("1/1", C, Ev.CONN_CREATED, Ev.CTL_CONN_ESTABLISHED), *leg("1/1", C, Ev.TERM_CONN_CREATED)]
    story.told([*third, *leg("1/1", C, Ev.CTL_TERM_CONN_TALKING)])


ALL_LEAVE = [leaves("1/1", line, phone(line)) for line in (A, B, C)]
ENDED_FOR_EVERYBODY = [
    "connectionCleared 1001 normalClearing | 1002=connected 1003=connected 1001=null",
    "connectionCleared 1002 normalClearing | 1003=connected 1002=null 1001=null",
    "connectionCleared 1003 normalClearing | 1003=null 1001=null 1002=null",
    "callCleared 1001 normalClearing | 1001=null 1002=null 1003=null",
]


def test_who_ends_a_call_for_everybody_hears_everybody_leave() -> None:
    story = Story(A, B, C)
    three_talk(story)
    everything = [*(one for batch in ALL_LEAVE for one in batch), *call("1/1", Ev.CALL_INVALID)]
    assert story.told(everything) == ENDED_FOR_EVERYBODY


def test_a_call_that_is_known_to_be_ending_may_end_in_several_batches() -> None:
    story = Story(A, B, C)
    three_talk(story)
    story.tracker.calls[CallId("1/1")].ending = True
    assert story.told(*ALL_LEAVE, call("1/1", Ev.CALL_INVALID)) == ENDED_FOR_EVERYBODY


def test_who_leaves_a_conference_alone_hears_no_more_of_it() -> None:
    story = Story(A, B, C)
    three_talk(story)
    assert story.told(*ALL_LEAVE[:2]) == [
        "connectionCleared 1001 normalClearing | 1002=connected 1003=connected 1001=null",
        "connectionCleared 1002 normalClearing | 1003=connected 1002=null",
    ]


def test_a_call_that_goes_on_after_all_is_not_told_to_who_has_left() -> None:
    story = Story(A, B)
    talk(story, "1/1", A, B)
    story.told(leaves("1/1", B, phone(B)))
    assert story.told(rings("1/1", C)) == ["delivered 1003 newCall | 1001=connected"]
    assert story.told(leaves("1/1", A, phone(A))) == ["connectionCleared 1001 normalClearing | 1001=null"]


# -- park --


def test_who_dials_a_park_number_is_moved_to_the_parked_call() -> None:
    story = Story(A, B, C)
    park = LineKey("7001")
    talk(story, "1/1", A, B)
    parked = [
        *leaves("1/1", B, phone(B), cause=0, reason=Reason.PARK),
        *conn("1/1", park, Ev.CONN_CREATED, Ev.CTL_CONN_QUEUED, reason=Reason.PARK),
    ]
    assert story.told(parked) == ["diverted 1002 park | 1001=connected 1002=null"]
    story.told(*begins("1/2", C, park))
    taken = [
        *conn("1/1", C, Ev.CONN_CREATED, Ev.CTL_CONN_ESTABLISHED, reason=Reason.UNPARK),
        *leg("1/1", C, Ev.TERM_CONN_CREATED, Ev.CTL_TERM_CONN_TALKING),
        *conn("1/1", park, Ev.CONN_DISCONNECTED, Ev.CTL_CONN_DISCONNECTED, reason=Reason.UNPARK),
    ]
    assert story.told(taken) == ["established 1003 park | 1001=connected 1003=connected"]
    gone = [
        *changed("1/2", "1/1"),
        *leaves("1/2", C, phone(C), cause=0, reason=Reason.UNPARK),
        *call("1/2", Ev.CALL_INVALID),
    ]
    assert story.told(gone) == [
        "connectionCleared 1003 park | 1003=null",
        "callCleared 1003 normalClearing | 1003=null",
    ]
    assert [entry.connection_identifier.call_id for entry in snapshot(story.tracker, phone(C))] == ["1/1"]


def test_a_call_that_waited_in_a_queue_may_ring() -> None:
    story = Story(A)
    story.told(*begins("1/1", A, OUT), conn("1/1", OUT, Ev.CONN_CREATED, Ev.CTL_CONN_QUEUED))
    assert story.told(conn("1/1", OUT, Ev.CTL_CONN_ALERTING)) == ["delivered 1901 newCall | 1001=connected"]


# -- what is no news --


def test_a_snapshot_tells_nothing_and_is_known() -> None:
    story = Story(A)
    records = [one for batch in begins("1/1", A, OUT) for one in batch]
    old = [
        replace(one, snapshot=True) for one in [*records, *rings("1/1", OUT)] if isinstance(one, CallRecord)
    ]
    assert story.told(old) == []
    (entry,) = snapshot(story.tracker, phone(A))
    assert entry.local_call_state == "callDelivered"
    assert story.told(answers("1/1", OUT)) == ["established 1901 normal | 1001=connected"]


def test_a_held_call_that_reminds_is_not_held_again() -> None:
    story = Story(A)
    talk(story, "1/1", A, B)
    assert story.told(holds("1/1", A)) != []
    assert story.told(leg("1/1", A, Ev.CISCO_TERM_CONN_HELD_REVERSION)) == []
    assert story.told(holds("1/1", A)) == []


def test_alternating_says_so() -> None:
    story = Story(A)
    talk(story, "1/1", A, B)
    alternate = leg("1/1", A, Ev.CTL_TERM_CONN_HELD, control=ControlCause.ALTERNATE)
    assert story.told(alternate) == ["held 1001 alternate | 1001=hold"]


def test_a_call_with_another_number_goes_on_under_the_one_it_had() -> None:
    story = Story(A)
    talk(story, "1/1", A, B)
    story.told(changed("1/1", "1/7"))
    assert story.told(holds("1/7", A)) == ["held 1001 normal | 1001=hold"]
    (found,) = story.tracker.calls
    assert found == "1/1"
    story.told(leaves("1/7", B), leaves("1/7", A, phone(A)), call("1/7", Ev.CALL_INVALID))
    assert story.tracker.calls == {}


def test_the_end_of_an_old_number_is_not_the_end_of_the_call() -> None:
    story = Story(A)
    talk(story, "1/1", A, B)
    old = [*leaves("1/1", A, phone(A)), *leaves("1/1", B), *call("1/1", Ev.CALL_INVALID)]
    assert story.told([*changed("1/1", "1/7"), *old]) == []
    assert story.told([*changed("1/7", "1/9"), *call("1/7", Ev.CALL_INVALID)]) == []
    assert story.told(holds("1/9", A)) == ["held 1001 normal | 1001=hold"]
    assert story.told(call("1/9", Ev.CALL_INVALID)) != []
    assert story.tracker.calls == {}


# -- bounds --


def test_so_many_calls_and_those_that_nobody_sees_go_first() -> None:
    story = Story(A)
    story.tracker = type(story.tracker)(max_calls=2)
    story.tracker.observe(phone(A))
    for id_ in ("1/1", "1/2"):
        story.told(call(id_, Ev.CALL_ACTIVE), conn(id_, OUT, Ev.CONN_CREATED))
    story.told(*begins("1/3", A, OUT))
    assert list(story.tracker.calls) == ["1/3"]
    story.told(*begins("1/4", A, OUT), *begins("1/5", A, OUT))
    assert list(story.tracker.calls) == ["1/3", "1/4"]


def test_forgetting_a_line_forgets_its_calls() -> None:
    story = Story(A, B)
    talk(story, "1/1", A, B)
    story.tracker.forget(phone(A))
    assert list(story.tracker.calls) == ["1/1"]
    story.tracker.forget(phone(B))
    assert story.tracker.calls == {}
