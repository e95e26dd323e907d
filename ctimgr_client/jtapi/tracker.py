"""Batches of JTAPI's records in, facts out: the calls of the lines that are open, as CSTA tells of them.

JTAPI tells most things twice (core and call control) and one thing in several events: `steps` says what each
of them changes, `telling` when it is told. Between the start and the end of a transfer or conference nothing
is told (`merging`). Snapshots change what is known and tell nothing. Pure; events in an order that cannot be
are taken as they come.
"""

from csta_xml import CallId, Cause, LocalConnectionState
from ctimgr_client.jtapi.calls import Call, Index
from ctimgr_client.jtapi.causes import cause_of
from ctimgr_client.jtapi.in_service import InService
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.merging import LONGEST, Merge, finish, lacks_party
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.records import (
    Batch,
    CallChangedRecord,
    CallRecord,
    ConnectionRecord,
    LineRecord,
    MergeRecord,
    ObservationEnded,
    ProviderRecord,
    Record,
    TerminalConnectionRecord,
    TerminalRecord,
)
from ctimgr_client.jtapi.steps import COMPLETING, CONNECTION, LEG, disconnected
from ctimgr_client.jtapi.telling import Telling, is_silent
from ctimgr_client.serving.facts import Fact, Kind

MAX_CALLS = 100_000
MAX_PARTIES = 500

State = LocalConnectionState

_STARTS = (Ev.CISCO_TRANSFER_START, Ev.CISCO_CONFERENCE_START)
_ENDS = (Ev.CONN_DISCONNECTED, Ev.CTL_CONN_DISCONNECTED)
_ENDS_OF_ANYTHING = (*_ENDS, Ev.TERM_CONN_DROPPED, Ev.CTL_TERM_CONN_DROPPED, Ev.CALL_INVALID)
_DIFFERENCE = {
    (State.CONNECTED, State.HOLD): Kind.HELD,
    (State.HOLD, State.CONNECTED): Kind.RETRIEVED,
}


class Tracker:
    """What is known of the calls that an open appearance is on."""

    def __init__(self, max_calls: int = MAX_CALLS) -> None:
        self._max_calls = max_calls
        self._count = 0
        self.clear()

    def clear(self) -> None:
        """The provider is gone, and everything with it."""
        self.in_service = InService()
        self.calls: dict[CallId, Call] = {}
        self._index: Index = {}
        self._telling = Telling(self.in_service)
        self._aliases: dict[CallId, CallId] = {}
        self._merges: dict[CallId, Merge] = {}  # each under every call that takes part
        self._now = 0.0

    # -- who is watched ------------------------------------------------------------------------------------

    def observe(self, where: Appearance, *, in_service: bool = True) -> None:
        """Its line gets, or has, our observers."""
        self.in_service.open(where, in_service=in_service)

    def forget(self, where: Appearance) -> None:
        """Nobody watches it any more; calls that nobody else watches are forgotten."""
        self.in_service.close(where)
        if self.in_service.appearances(where.line):
            return
        for call in list(self._index.get(where.line, ())):
            call.connections[where.line].legs.clear()
            self._forget_if_unseen(call)

    def find(self, call: CallId) -> Call | None:
        """The call of an identifier, be it one that the library has given it since."""
        return self.calls.get(self._aliases.get(call, call))

    def calls_of(self, line: LineKey) -> list[Call]:
        """Those that the line is a party of, less those that went into another one and are not over yet."""
        return [call for call in self._index.get(line, ()) if not call.merged]

    # -- what happened -------------------------------------------------------------------------------------

    def apply(self, batch: Batch, now: float) -> list[Fact]:
        """One atomic change: what is to be told of it, in this order."""
        self._now = now
        for record in batch:
            if isinstance(record, CallRecord) and record.event == Ev.CALL_INVALID:
                self._is_about_to_end(record)
        for record in batch:
            self._take(record)
        self._telling.tell_all()
        if self._merges:
            self._give_up_merges()
        return self._telling.take()

    def _take(self, record: Record) -> None:
        match record:
            case MergeRecord():
                self._merge(record)
            case CallChangedRecord():
                self._changed(record)
            case CallRecord():
                self._call(record)
            case LineRecord():
                self._telling.facts += self.in_service.line(record)
            case TerminalRecord():
                self._telling.facts += self.in_service.terminal(record)
            case ProviderRecord():
                self._telling.facts += self.in_service.provider(record)
            case ObservationEnded():
                gone = self.in_service.appearances(record.line)
                self._telling.facts += self.in_service.removed(gone)

    def _is_about_to_end(self, record: CallRecord) -> None:
        call = self.find(record.call)
        if call is not None and not _has_moved(call, record):
            call.ending = True

    def _call(self, record: CallRecord) -> None:
        call = self._known(record)
        if call is None or _has_moved(call, record):
            return
        parties = record.parties
        call.calling = parties.calling or call.calling
        call.called = parties.called or call.called
        call.redirecting = parties.redirecting or call.redirecting
        if record.event not in COMPLETING and not self._begins_to_speak(call, record):
            self._telling.tell(call)
        match record:
            case ConnectionRecord():
                self._connection(call, record)
            case TerminalConnectionRecord():
                self._leg(call, record)
            case _ if record.event == Ev.CALL_INVALID:
                self._invalid(call, record)
            case _ if record.event == Ev.CISCO_CONSULT_CALL_ACTIVE:
                call.consultation = True

    def _known(self, record: CallRecord) -> Call | None:
        """The call of a record, made where it is new and may be; None where nothing is to be done."""
        call = self.find(record.call)
        if call is None and record.event not in _ENDS_OF_ANYTHING and self._has_room():
            self._count += 1
            call = self.calls[record.call] = Call(record.call, self._count, self._index)
        return call

    def _has_room(self) -> bool:
        """Full, calls of which nothing is seen any more go first: the library has not told their end."""
        if len(self.calls) >= self._max_calls:
            for call in [call for call in self.calls.values() if call.merged or not _is_seen(call)]:
                self._forget(call)
        return len(self.calls) < self._max_calls

    def _begins_to_speak(self, call: Call, record: CallRecord) -> bool:
        """Whether this is the leg of a connection that was established, or initiated, just now."""
        if not isinstance(record, TerminalConnectionRecord) or record.event != Ev.CTL_TERM_CONN_TALKING:
            return False
        connection = call.connections.get(record.appearance.line)
        return connection is not None and self._telling.waits(
            call, connection, Kind.SERVICE_INITIATED, Kind.ESTABLISHED
        )

    def _connection(self, call: Call, record: ConnectionRecord) -> None:
        known = record.line in call.connections
        if not known and (record.event in _ENDS or len(call.connections) >= MAX_PARTIES):
            return
        connection = call.connection(record.line)
        merge = self._merges.get(call.id)
        if not known and merge is not None and merge.ended is not None:
            self._end_merge(merge, merge.ended)
        step = CONNECTION.get(record.event)
        if step is not None:
            step(self._telling, call, connection, record)
            if record.event in _ENDS:
                self._forget_if_unseen(call)

    def _leg(self, call: Call, record: TerminalConnectionRecord) -> None:
        line = record.appearance.line
        is_new = line not in call.connections
        if is_new and (record.event in _ENDS_OF_ANYTHING or len(call.connections) >= MAX_PARTIES):
            return
        step = LEG.get(record.event)
        if step is not None:
            step(self._telling, call, call.connection(line), record)

    def _invalid(self, call: Call, record: CallRecord) -> None:
        for connection in list(call.connections.values()):
            disconnected(self._telling, call, connection, record)
        if not is_silent(call, record):
            cause = cause_of(record, Cause.NORMAL_CLEARING)
            everybody = [(where, State.NULL) for where in call.audience]
            self._telling.fact(Kind.CALL_CLEARED, call, call.party(call.calling), cause, everybody)
        if call.merging:
            call.over = True
        else:
            self._forget(call)

    # -- transfers and conferences -------------------------------------------------------------------------

    def _merge(self, record: MergeRecord) -> None:
        found = [self.find(id_) for id_ in dict.fromkeys((record.call, *record.merged))]
        involved = [call for call in found if call is not None]
        for call in involved:
            self._telling.tell(call)
        if record.event in _STARTS:
            merge = Merge(record, self._now, involved)
            for call in involved:
                call.merging = True
                self._merges[call.id] = merge
        elif involved:
            begun = (self._merges[call.id] for call in involved if call.id in self._merges)
            self._end_merge(next(begun, Merge(record, self._now, involved)), record)

    def _end_merge(self, merge: Merge, end: MergeRecord) -> None:
        final = self.find(end.call)
        if end.success and final is not None and final.merging and lacks_party(merge, final, end):
            merge.ended = end
            return
        self._is_over(merge)
        if not end.success or final is None:
            self._tell_differences(merge)
            return
        fact = finish(merge, final, end, self.in_service.__contains__)
        if fact.seen_by and not end.snapshot:
            self._telling.facts.append(fact)
        for call in merge.calls:
            self._forget_if_unseen(call)

    def _tell_differences(self, merge: Merge) -> None:
        """Nothing came of it: what is otherwise than before is told as if it had happened by itself."""
        for call in merge.calls:
            before = merge.before[call.id]
            gone = [old for line, old in before.items() if line not in call.connections]
            for old in gone:
                call.put(old)
            for line, old in before.items():
                for where, state in call.connections[line].legs.items():
                    kind = _DIFFERENCE.get((old.local(where), state))
                    if kind is not None:
                        watching = self._telling.watching(call)
                        self._telling.fact(kind, call, where, Cause.NORMAL, watching)
            for old in gone:
                record = CallRecord(event=Ev.CTL_CONN_DISCONNECTED, call=call.id)
                disconnected(self._telling, call, old, record)
            if call.over:
                self._invalid(call, CallRecord(event=Ev.CALL_INVALID, call=call.id))
            self._forget_if_unseen(call)

    def _give_up_merges(self) -> None:
        for merge in {id(merge): merge for merge in self._merges.values()}.values():
            if self._now - merge.begun > LONGEST:
                self._is_over(merge)
                self._tell_differences(merge)

    def _is_over(self, merge: Merge) -> None:
        for call in merge.calls:
            call.merging = False
            self._merges.pop(call.id, None)

    def _changed(self, record: CallChangedRecord) -> None:
        """The library knows a call by another number from now on; the wire goes on with the one it had."""
        old = self.find(record.original)
        if old is not None and self.find(record.call) is None and len(self._aliases) < self._max_calls:
            self._aliases[record.call] = old.id
            old.known_as = record.call

    # -- what is kept --------------------------------------------------------------------------------------

    def _forget_if_unseen(self, call: Call) -> None:
        """A call without anybody on it that we see will not be heard of again."""
        if not call.merging and not call.audience and not _is_seen(call):
            self._forget(call)

    def _forget(self, call: Call) -> None:
        self.calls.pop(call.id, None)
        self._merges.pop(call.id, None)
        self._telling.forget(call)
        for line in list(call.connections):
            call.take_out(line)
        for alias in [alias for alias, id_ in self._aliases.items() if id_ == call.id]:
            del self._aliases[alias]


def _has_moved(call: Call, record: CallRecord) -> bool:
    """Whether this is only the end of a call's old number, whose parties are there under the new one."""
    return call.known_as is not None and record.call != call.known_as and record.event in _ENDS_OF_ANYTHING


def _is_seen(call: Call) -> bool:
    return any(connection.legs for connection in call.connections.values())
