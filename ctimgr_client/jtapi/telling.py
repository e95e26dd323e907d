"""What is to be told of calls: facts, each with everybody who sees it, as late as a batch allows.

A fact that waits is told once the legs are known that it is about: when something else happens to its call,
or at the end of the batch. Knows calls and who is watched, not JTAPI's events.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from csta_xml import LocalConnectionState
from ctimgr_client.jtapi.calls import Call, Connection
from ctimgr_client.jtapi.in_service import InService
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.records import CallRecord
from ctimgr_client.serving.facts import CallFact, Fact, Kind
from ctimgr_client.serving.parties import Party

State = LocalConnectionState
Watching = list[tuple[Appearance, State]]


@dataclass(slots=True)
class _Waiting:
    """`only`: for nobody else."""

    kind: Kind
    connection: Connection
    cause: str
    only: Appearance | None


class Telling:
    """`facts` are what was told since somebody took them."""

    def __init__(self, in_service: InService) -> None:
        self.facts: list[Fact] = []
        self._in_service = in_service
        self._waiting: dict[Call, list[_Waiting]] = {}
        self._rang: dict[Connection, set[Appearance]] = {}  # who has been told that a party is being rung
        self._dropping: dict[Call, dict[Appearance, str]] = {}

    def sees(self, where: Appearance) -> bool:
        """Whether the appearance is open."""
        return where in self._in_service

    def take(self) -> list[Fact]:
        facts, self.facts = self.facts, []
        return facts

    def later(
        self,
        record: CallRecord,
        call: Call,
        kind: Kind,
        connection: Connection,
        cause: str,
        *,
        only: Appearance | None = None,
    ) -> None:
        """Tell this of a connection once its legs are known."""
        if not is_silent(call, record):
            self._waiting.setdefault(call, []).append(_Waiting(kind, connection, cause, only))

    def waits(self, call: Call, connection: Connection, *kinds: Kind) -> bool:
        """Whether something of such a kind waits to be told of a connection."""
        waiting = self._waiting.get(call, ())
        return any(one.connection is connection and one.kind in kinds and not one.only for one in waiting)

    def tell(self, call: Call) -> None:
        """What waits of this call is told now."""
        waiting = self._waiting.pop(call, ())
        if waiting:  # it goes on, so whoever has left it is not there to hear its end
            call.audience.clear()
        for one in waiting:
            watching = self.watching(call)
            subject = one.connection.subject
            if one.kind is Kind.SERVICE_INITIATED:
                watching = [seen for seen in watching if seen[1] is State.INITIATED]
            if one.kind is Kind.DELIVERED:
                watching = self._not_told_yet(one.connection, watching)
                subject = one.connection.line
            if one.only is not None:
                watching = [seen for seen in watching if seen[0] == one.only]
                subject = one.only if one.kind is Kind.BRIDGED else subject
            self.fact(one.kind, call, subject, one.cause, watching)

    def tell_all(self) -> None:
        """The batch is over. The leg of who begins a call may come in the next one."""
        for call, waiting in list(self._waiting.items()):
            if not any(self._has_no_leg_yet(one) for one in waiting):
                self.tell(call)
        for call, gone in self._dropping.items():
            for where, cause in gone.items():
                call.connection(where.line).legs.pop(where, None)
                if self.sees(where):
                    self.fact(Kind.CONNECTION_CLEARED, call, where, cause, [(where, State.NULL)])
        self._dropping.clear()

    def drops(self, call: Call, where: Appearance, cause: str) -> None:
        """One device of a line leaves; told at the end of the batch, unless the line leaves with it."""
        self._dropping.setdefault(call, {})[where] = cause

    def leaves(self, call: Call, connection: Connection) -> list[Appearance]:
        """A party leaves the call, with all of its devices. The open ones that were on it."""
        self._rang.pop(connection, None)
        gone = self._dropping.get(call, {})
        dropped = [where for where in connection.legs if gone.pop(where, None) is not None]
        return [
            where
            for where in connection.legs
            if self.sees(where) and (where in dropped or connection.local(where) is not State.NULL)
        ]

    def fact(self, kind: Kind, call: Call, subject: Party, cause: str, watching: Watching) -> None:
        """Tell it now; to nobody, where nobody watches."""
        if watching:
            self.facts.append(
                CallFact(
                    kind=kind,
                    call_id=call.id,
                    subject=subject,
                    calling=call.party(call.calling),
                    called=call.called_number,
                    redirection=call.redirecting,
                    cause=cause,
                    seen_by=tuple(watching),
                )
            )

    def watching(self, call: Call, left: Iterable[Appearance] = ()) -> Watching:
        """The open appearances on a call with their own states, and who has just left it."""
        found = {
            where: connection.local(where)
            for connection in call.connections.values()
            for where in connection.legs
            if where in self._in_service and connection.local(where) is not State.NULL
        }
        for where in (*left, *call.audience):
            found.setdefault(where, State.NULL)
        return list(found.items())

    def forget(self, call: Call) -> None:
        self._waiting.pop(call, None)
        self._dropping.pop(call, None)
        for connection in call.connections.values():
            self._rang.pop(connection, None)

    def _has_no_leg_yet(self, one: _Waiting) -> bool:
        line = one.connection.line
        begins = one.kind is Kind.SERVICE_INITIATED and not one.connection.legs
        return begins and bool(self._in_service.appearances(line))

    def _not_told_yet(self, connection: Connection, watching: Watching) -> Watching:
        """Who is called hears of it when his own device rings; everybody hears of it once."""
        told = self._rang.setdefault(connection, set())
        fresh = [
            (where, local)
            for where, local in watching
            if where not in told and (where.line != connection.line or local is State.ALERTING)
        ]
        told.update(where for where, _ in fresh)
        return fresh


def is_silent(call: Call, record: CallRecord) -> bool:
    """Whether what happens to the call is told to nobody."""
    return record.snapshot or call.merged or call.merging
