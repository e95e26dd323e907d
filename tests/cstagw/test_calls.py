"""What a session knows of its line's calls: followed through events, transfers, conferences and snapshots."""

from dataclasses import replace

from csta_xml import (
    Absent,
    CallId,
    CallState,
    Cause,
    ConferencedEvent,
    ConnectionClearedEvent,
    ConnectionId,
    ConnectionListItem,
    DeliveredEvent,
    DeviceId,
    EstablishedEvent,
    HeldEvent,
    LocalConnectionState,
    MonitorCrossRefId,
    SimpleCallState,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
    TransferedEvent,
)
from cstagw.calls import MAX_CALLS, LineCalls

REF = MonitorCrossRefId("r")
OWN, BOB, CAROL = DeviceId("tel:1001"), DeviceId("tel:1002"), DeviceId("tel:1003")
CONNECTED, HOLD = LocalConnectionState.CONNECTED, LocalConnectionState.HOLD
ALERTING, NULL = LocalConnectionState.ALERTING, LocalConnectionState.NULL


def con(call: str, device: DeviceId = OWN) -> ConnectionId:
    return ConnectionId(CallId(call), device)


def calls_with(**states: LocalConnectionState) -> LineCalls:
    calls = LineCalls(OWN.__eq__)
    for call, state in states.items():
        held = HeldEvent(
            monitor_cross_ref_id=REF,
            held_connection=con(call),
            holding_device=OWN,
            local_connection_info=state,
        )
        calls.event(held, held.held_connection)
    return calls


def transfer(by: DeviceId, local: LocalConnectionState | None) -> TransferedEvent:
    """The held call `a` takes in the consultation `b`; what Carol was on as `b` is `a` now."""
    return TransferedEvent(
        monitor_cross_ref_id=REF,
        primary_old_call=con("a", by),
        secondary_old_call=con("b", by),
        transferring_device=by,
        transferred_to_device=CAROL,
        transferred_connections=(
            ConnectionListItem(new_connection=con("a", CAROL), old_connection=con("b", CAROL)),
            ConnectionListItem(new_connection=con("a", OWN if by != OWN else BOB)),
        ),
        local_connection_info=local,
        cause=Cause.TRANSFER,
    )


def conference(local: LocalConnectionState | None) -> ConferencedEvent:
    return ConferencedEvent(
        monitor_cross_ref_id=REF,
        primary_old_call=con("a"),
        secondary_old_call=con("b"),
        conferencing_device=OWN,
        added_party=CAROL,
        conference_connections=(ConnectionListItem(new_connection=con("a")),),
        local_connection_info=local,
        cause=Cause.CONFERENCE,
    )


def test_who_transfers_has_neither_call_any_more() -> None:
    for said in (NULL, None):
        calls = calls_with(a=HOLD, b=CONNECTED)
        calls.event(transfer(OWN, said), con("a"))
        assert not calls


def test_who_is_transferred_has_the_surviving_call() -> None:
    calls = calls_with(b=CONNECTED)
    calls.event(transfer(BOB, CONNECTED), con("a", BOB))
    assert calls.states() == {"a": CONNECTED}


def test_a_state_that_is_not_said_is_that_of_before() -> None:
    calls = calls_with(a=HOLD)
    calls.event(transfer(BOB, None), con("a", BOB))
    assert calls.states() == {"a": HOLD}


def test_a_conference_is_one_call() -> None:
    calls = calls_with(a=HOLD, b=CONNECTED)
    calls.event(conference(CONNECTED), con("a"))
    assert calls.states() == {"a": CONNECTED}


def test_whose_state_is_not_said_is_told_by_the_event() -> None:
    calls = LineCalls(OWN.__eq__)
    rings = DeliveredEvent(
        monitor_cross_ref_id=REF,
        connection=con("a"),
        alerting_device=OWN,
        calling_device=BOB,
        called_device=OWN,
    )
    answered = EstablishedEvent(
        monitor_cross_ref_id=REF,
        established_connection=con("a"),
        answering_device=OWN,
        calling_device=BOB,
        called_device=OWN,
    )
    held = HeldEvent(monitor_cross_ref_id=REF, held_connection=con("a"), holding_device=OWN)
    far_held = HeldEvent(monitor_cross_ref_id=REF, held_connection=con("a", BOB), holding_device=BOB)
    for event, state in ((rings, ALERTING), (answered, CONNECTED), (far_held, CONNECTED), (held, HOLD)):
        calls.event(event, con("a") if event is not far_held else con("a", BOB))
        assert calls.states() == {"a": state}


def test_who_makes_a_conference_is_in_it() -> None:
    calls = calls_with(a=HOLD, b=CONNECTED)
    calls.event(conference(None), con("a"))
    assert calls.states() == {"a": CONNECTED}


def test_who_stands_in_no_list_is_out() -> None:
    calls = calls_with(a=HOLD)
    gone = replace(
        transfer(BOB, None),
        transferring_device=Absent.NOT_KNOWN,
        transferred_connections=(ConnectionListItem(new_connection=con("a", CAROL)),),
    )
    calls.event(gone, con("a", BOB))
    assert not calls


def test_a_new_id_counts_also_where_no_device_is_named() -> None:
    calls = calls_with(a=HOLD)
    bare = ConnectionListItem(new_connection=ConnectionId(CallId("c")))
    calls.event(replace(transfer(BOB, CONNECTED), transferred_connections=(bare,)), con("a", BOB))
    assert calls.states() == {"c": CONNECTED}


def test_a_call_that_the_far_end_left_is_still_there() -> None:
    calls = calls_with(a=CONNECTED)
    left = ConnectionClearedEvent(
        monitor_cross_ref_id=REF, dropped_connection=con("a", BOB), releasing_device=BOB
    )
    calls.event(left, left.dropped_connection)
    assert CallId("a") in calls


def test_a_snapshot_is_all_there_is() -> None:
    calls = calls_with(old=CONNECTED)
    shown: list[tuple[str, CallState]] = [
        ("ringing", SimpleCallState.RECEIVED),
        ("held", SimpleCallState.ESTABLISHED_HELD),
        ("talking", (CONNECTED, HOLD, CONNECTED)),
        ("over", SimpleCallState.NULL),
        ("odd", Absent.NOT_KNOWN),
    ]
    entries = [
        SnapshotDeviceInfo(connection_identifier=con(call), local_call_state=state) for call, state in shown
    ]
    calls.snapshot(SnapshotDeviceResponse(snapshot=tuple(entries)))
    assert calls.states() == {"ringing": ALERTING, "held": HOLD, "talking": CONNECTED, "odd": CONNECTED}


def test_the_table_is_bounded() -> None:
    calls = LineCalls(OWN.__eq__)
    for number in range(MAX_CALLS + 10):
        event = DeliveredEvent(
            monitor_cross_ref_id=REF,
            connection=con(f"c{number}"),
            alerting_device=OWN,
            calling_device=BOB,
            called_device=OWN,
            local_connection_info=ALERTING,
        )
        calls.event(event, event.connection)
    assert len(calls) == MAX_CALLS
