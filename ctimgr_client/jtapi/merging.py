"""Transfers and conferences: between their start and their end legs come and go that nobody is told of.

At the end one fact says what has become of the calls. The events of the legs come in no fixed order, some
after the end; so what is left is worked out from what was there before and what is there now, and the calls
that went into another one are silent from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from csta_xml import CallId, Cause, LocalConnectionState
from ctimgr_client.jtapi.calls import Call, Connection, Phase
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import MergeRecord
from ctimgr_client.serving.facts import Kind, Member, MergeFact, SeenBy

#: Seconds; what has not ended by then has failed.
LONGEST = 30.0

State = LocalConnectionState
Watched = Callable[[Appearance], bool]


@dataclass(slots=True, eq=False)
class Merge:
    """One that is under way. `before` are the connections of each call when it began."""

    record: MergeRecord
    begun: float
    calls: list[Call]
    before: dict[CallId, dict[LineKey, Connection]] = field(default_factory=dict)
    ended: MergeRecord | None = None  # its end has come, but not yet the party that the call goes to

    def __post_init__(self) -> None:
        for call in self.calls:
            self.before[call.id] = {line: one.copy() for line, one in call.connections.items()}

    @property
    def is_transfer(self) -> bool:
        return self.record.event in (Ev.CISCO_TRANSFER_START, Ev.CISCO_TRANSFER_END)


def finish(merge: Merge, final: Call, end: MergeRecord, watched: Watched) -> MergeFact:
    """Put everybody on the final call; the others are silent from now on."""
    controller = _controller(merge, final, end)
    places = _places(merge, final)
    merged = [call for call in merge.calls if call is not final]
    watching = _watching(merge, watched)
    for line, (_, connection) in places.items():
        if merge.is_transfer and line == controller.line:
            final.take_out(line)
        else:
            final.put(connection)
    for call in merged:
        call.merged = True
    if not merge.is_transfer:
        _speaks(final, controller)
    stays = [line for line in places if line in final.connections]
    fact = MergeFact(
        kind=Kind.TRANSFERRED if merge.is_transfer else Kind.CONFERENCED,
        call_id=final.id,
        secondary=merged[0].id if merged else None,
        controller=controller,
        added=final.party(_added(merge, final, controller.line)),
        parties=tuple(Member(final.connections[line].subject, places[line][0]) for line in stays),
        cause=_cause(merge, merged),
        seen_by=_seen_by(final, watching),
    )
    final.merge = fact
    final.audience.clear()
    return fact


def lacks_party(merge: Merge, final: Call, end: MergeRecord) -> bool:
    """Whether a call that was transferred in one step is not yet where it goes to."""
    known = merge.before.get(final.id, {})
    return merge.is_transfer and not end.merged and all(line in known for line in final.connections)


def _places(merge: Merge, final: Call) -> dict[LineKey, tuple[CallId | None, Connection]]:
    """Everybody, the call they were on before, and their connection on the final one."""
    places: dict[LineKey, tuple[CallId | None, Connection]] = {}
    for call in sorted(merge.calls, key=lambda call: call is not final):
        for line, connection in merge.before[call.id].items():
            if line not in places:
                now = final.connections.get(line)
                places[line] = (call.id, now if now is not None and now.legs else _kept(connection, now))
    for line, connection in final.connections.items():
        places.setdefault(line, (None, connection))
    return places


def _kept(before: Connection, now: Connection | None) -> Connection:
    """As it was, unless more is known by now."""
    if now is not None and now.phase is not Phase.CREATED and not before.legs:
        return now
    return before.copy()


def _controller(merge: Merge, final: Call, end: MergeRecord) -> Appearance:
    for record in (end, merge.record):
        for where in record.controllers:
            if any(where.line in before for before in merge.before.values()):
                return where
    line = end.controller or merge.record.controller
    if line is None:
        shared = [set(before) for before in merge.before.values()]
        common = set.intersection(*shared) if len(shared) > 1 else set()
        line = next(iter(sorted(common, key=str)), None) or next(iter(final.connections), LineKey("unknown"))
    known = merge.before.get(final.id, {}).get(line)
    return (known.speaker if known is not None else None) or Appearance("", line)


def _added(merge: Merge, final: Call, controller: LineKey) -> LineKey:
    """The party that came from the call that went into the other, or that was not there at all."""
    old = merge.before.get(final.id, {})
    for call in merge.calls:
        if call is not final:
            for line in merge.before[call.id]:
                if line != controller and line not in old:
                    return line
    new = [line for line in final.connections if line not in old and line != controller]
    return new[0] if new else LineKey("unknown")


def _watching(merge: Merge, watched: Watched) -> list[Appearance]:
    found: dict[Appearance, None] = {}
    for call in merge.calls:
        for connections in (merge.before[call.id], call.connections):
            for connection in connections.values():
                found.update(dict.fromkeys(leg for leg in connection.legs if watched(leg)))
    return list(found)


def _seen_by(final: Call, watching: list[Appearance]) -> SeenBy:
    return tuple((where, final.local(where)) for where in watching)


def _speaks(final: Call, controller: Appearance) -> None:
    """Whoever joined the calls is on the one that is left."""
    connection = final.connections.get(controller.line)
    if connection is not None and connection.legs.get(controller) is State.HOLD:
        connection.legs[controller] = State.CONNECTED


def _cause(merge: Merge, merged: list[Call]) -> str:
    if not merge.is_transfer:
        return Cause.CONFERENCE
    return Cause.TRANSFER if merged else Cause.SINGLE_STEP_TRANSFER
