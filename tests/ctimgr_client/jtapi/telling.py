"""Records as JTAPI's events make them, written shortly, and facts in words."""

from __future__ import annotations

from collections.abc import Iterable

from csta_xml import CallId, LocalConnectionState
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import ControlCause, Ev
from ctimgr_client.jtapi.records import (
    CallChangedRecord,
    CallRecord,
    ConnectionRecord,
    MergeRecord,
    Parties,
    Record,
    TerminalConnectionRecord,
)
from ctimgr_client.jtapi.tracker import Tracker
from ctimgr_client.serving.facts import CallFact, Fact, MergeFact, ServiceFact

A, B, C = LineKey("1001", "staff"), LineKey("1002", "staff"), LineKey("1003", "staff")
OUT = LineKey("1901")


def phone(line: LineKey, device: str = "") -> Appearance:
    return Appearance(device or f"SEP{line.dn}", line)


class Story:
    """A tracker, and what it tells. Each list of events is one batch."""

    def __init__(self, *watched: LineKey | Appearance) -> None:
        self.tracker = Tracker()
        self.now = 0.0
        for one in watched:
            self.tracker.observe(phone(one) if isinstance(one, LineKey) else one)

    def told(self, *batches: Iterable[Record]) -> list[str]:
        facts: list[Fact] = []
        for batch in batches:
            facts += self.tracker.apply(tuple(batch), self.now)
        return [in_words(fact) for fact in facts]


def conn(
    call: str, line: LineKey, *events: Ev, reason: int = 0, cause: int = 0, to: LineKey | None = None
) -> list[Record]:
    parties = Parties(called=to) if to else Parties()
    return [
        ConnectionRecord(
            event=event, call=CallId(call), line=line, reason=reason, cisco_cause=cause, parties=parties
        )
        for event in events
    ]


def leg(
    call: str, where: LineKey | Appearance, *events: Ev, control: int = 0, cause: int = 0
) -> list[Record]:
    appearance = phone(where) if isinstance(where, LineKey) else where
    return [
        TerminalConnectionRecord(
            event=event, call=CallId(call), appearance=appearance, control_cause=control, cisco_cause=cause
        )
        for event in events
    ]


def call(call: str, *events: Ev, snapshot: bool = False) -> list[Record]:
    return [CallRecord(event=event, call=CallId(call), snapshot=snapshot) for event in events]


def changed(old: str, new: str) -> list[Record]:
    return [CallChangedRecord(event=Ev.CISCO_CALL_CHANGED, call=CallId(new), original=CallId(old))]


def merge(event: Ev, final: str, *merged: str, by: LineKey, success: bool = True) -> list[Record]:
    return [
        MergeRecord(
            event=event,
            call=CallId(final),
            merged=tuple(map(CallId, merged)),
            controllers=(phone(by),),
            controller=by,
            success=success,
        )
    ]


def begins(id_: str, caller: LineKey | Appearance, called: LineKey) -> list[list[Record]]:
    """Off-hook, and all digits: the caller's side, batch by batch."""
    where = phone(caller) if isinstance(caller, LineKey) else caller
    return [
        [
            *call(id_, Ev.CALL_ACTIVE),
            *conn(id_, where.line, Ev.CONN_CREATED, Ev.CONN_CONNECTED, Ev.CTL_CONN_INITIATED),
            *leg(id_, where, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_ACTIVE, Ev.CTL_TERM_CONN_TALKING),
        ],
        conn(id_, where.line, Ev.CTL_CONN_DIALING, Ev.CTL_CONN_ESTABLISHED, to=called),
    ]


def rings(id_: str, called: LineKey, *at: Appearance) -> list[Record]:
    """The called side; `at` are its devices, none for somebody who is not seen."""
    return [
        *conn(id_, called, Ev.CONN_CREATED, Ev.CONN_IN_PROGRESS, Ev.CTL_CONN_OFFERED),
        *conn(id_, called, Ev.CONN_ALERTING, Ev.CTL_CONN_ALERTING),
        *(
            one
            for where in at
            for one in leg(id_, where, Ev.TERM_CONN_CREATED, Ev.TERM_CONN_RINGING, Ev.CTL_TERM_CONN_RINGING)
        ),
    ]


def answers(id_: str, called: LineKey, at: Appearance | None = None, *bridged: Appearance) -> list[Record]:
    return [
        *conn(id_, called, Ev.CONN_CONNECTED, Ev.CTL_CONN_ESTABLISHED),
        *(leg(id_, at, Ev.TERM_CONN_ACTIVE, Ev.CTL_TERM_CONN_TALKING) if at else []),
        *(one for b in bridged for one in leg(id_, b, Ev.TERM_CONN_PASSIVE, Ev.CTL_TERM_CONN_BRIDGED)),
    ]


def leaves(id_: str, line: LineKey, *at: Appearance, cause: int = 16, reason: int = 0) -> list[Record]:
    return [
        *(
            one
            for where in at
            for one in leg(id_, where, Ev.TERM_CONN_DROPPED, Ev.CTL_TERM_CONN_DROPPED, cause=cause)
        ),
        *conn(id_, line, Ev.CONN_DISCONNECTED, Ev.CTL_CONN_DISCONNECTED, cause=cause, reason=reason),
    ]


def talk(story: Story, id_: str, caller: LineKey, called: LineKey) -> None:
    """An established call; what led to it is forgotten."""
    story.told(
        *begins(id_, caller, called), rings(id_, called, phone(called)), answers(id_, called, phone(called))
    )


def holds(id_: str, where: LineKey | Appearance) -> list[Record]:
    return leg(id_, where, Ev.CTL_TERM_CONN_HELD)


def retrieves(id_: str, where: LineKey | Appearance) -> list[Record]:
    return leg(id_, where, Ev.CTL_TERM_CONN_TALKING, control=ControlCause.UNHOLD)


def in_words(fact: Fact) -> str:
    match fact:
        case CallFact():
            return f"{fact.kind} {label(fact.subject)} {fact.cause} | {_seen(fact)}"
        case MergeFact():
            members = " ".join(f"{label(one.subject)}<{one.old_call or ''}" for one in fact.parties)
            calls = f"{fact.call_id}+{fact.secondary}" if fact.secondary else fact.call_id
            by = f"{label(fact.controller)}, {label(fact.added)}"
            return f"{fact.kind} {calls} {by} {fact.cause} ({members}) | {_seen(fact)}"
        case ServiceFact():
            return f"{'back' if fact.in_service else 'out'} {label(fact.appearance)}"
        case _:
            return f"{type(fact).__name__} {vars_of(fact)}"


def vars_of(fact: Fact) -> str:
    names = type(fact).__dataclass_fields__
    return " ".join(f"{name}={label(getattr(fact, name))}" for name in names)


def label(value: object) -> str:
    if isinstance(value, Appearance):
        return value.line.dn if value.device == f"SEP{value.line.dn}" else f"{value.line.dn}@{value.device}"
    return value.dn if isinstance(value, LineKey) else str(value)


def _seen(fact: CallFact | MergeFact) -> str:
    assert all(isinstance(state, LocalConnectionState) for _, state in fact.seen_by)
    return " ".join(f"{label(where)}={state}" for where, state in fact.seen_by)
