"""Sessions whose CTIManager was lost, on their way to another one.

The SIP dialog stays; the line is monitored anew over another link, a snapshot shows what is there, and the
client is told what it missed. What the client asks for meanwhile waits, up to a bound. So many sessions move
at a time, and each has so long to arrive. Nothing of the lost link is used again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    Event,
    Response,
    Service,
    SnapshotCall,
    SnapshotCallResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from ctimgr_client import LinkId
from sip import ServerTransaction

from .calls import KnownCall, calls_of
from .catching_up import catch_up, needs_direction
from .links import CtiLinks
from .monitoring import Monitoring
from .session import Session
from .sessions import Sessions

#: Seconds from the loss until a session that found no other CTIManager ends after all.
PATIENCE = 30.0
#: Sessions on their way at a time: a CTIManager that takes over thousands stays able to answer others.
MAX_MOVING = 200
#: Attempts of one session, so that a line that nobody will open does not go round for ever.
MAX_ATTEMPTS = 8
#: Requests of one client that wait; a person clicks once or twice.
MAX_WAITING = 16

Asked = tuple[ServerTransaction, Service]


class Host(Protocol):
    """What a move needs of the gateway."""

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        """The session is served again: tell the client what it missed, then do what it asked for."""

    def stranded(self, session: Session, text: str) -> None:
        """No other CTIManager took it."""


@dataclass(slots=True, eq=False)
class _Move:
    """One session's way. `attempt` tells late answers of an earlier attempt apart."""

    session: Session
    deadline: float
    attempt: int = 0
    open: int = 0  # answers that are still to come
    refused: bool = False
    there: SnapshotDeviceResponse | None = None
    made_here: set[CallId] = field(default_factory=set)
    waiting: list[Asked] = field(default_factory=list)


class Moving:
    """All sessions under way. `clock` is monotonic seconds."""

    def __init__(
        self,
        links: CtiLinks,
        sessions: Sessions,
        monitors: Monitoring,
        host: Host,
        *,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._links = links
        self._sessions = sessions
        self._monitors = monitors
        self._host = host
        self._clock = clock
        self._later = later
        self._moves: dict[Session, _Move] = {}
        self._queue: deque[_Move] = deque()
        self._going: set[_Move] = set()
        self._watching = False
        self._starting = False

    def __len__(self) -> int:
        return len(self._moves)

    def __contains__(self, session: Session) -> bool:
        return session in self._moves

    def begin(self, sessions: list[Session]) -> None:
        """Their link was lost, the one they were moving to included."""
        deadline = self._clock() + PATIENCE
        for session in sessions:
            move = self._moves.get(session)
            if move is None:
                move = self._moves[session] = _Move(session, deadline)
                session.moving = True
            self._requeue(move)
        self._watch()
        self.go_on()

    def hold(self, session: Session, transaction: ServerTransaction, service: Service) -> bool:
        """Keep a request until the session has arrived; False where too many are kept."""
        waiting = self._moves[session].waiting
        if len(waiting) >= MAX_WAITING:
            return False
        waiting.append((transaction, service))
        return True

    def forget(self, session: Session) -> list[Asked]:
        """The session has ended; the requests that waited for it."""
        move = self._moves.pop(session, None)
        if move is None:
            return []
        self._going.discard(move)
        move.attempt += 1
        session.moving = False
        return move.waiting

    def go_on(self) -> None:
        """Set as many going as may be, if there is a link to go to."""
        if self._starting:
            return  # one that arrives at once is on the stack of the loop below
        self._starting = True
        try:
            while self._queue and len(self._going) < MAX_MOVING and self._start_next():
                pass
        finally:
            self._starting = False

    def _start_next(self) -> bool:
        move = self._queue[0]
        if self._moves.get(move.session) is not move:  # it has ended meanwhile
            self._queue.popleft()
            return True
        link = self._links.choose()
        if link is None:
            return False
        self._queue.popleft()
        self._going.add(move)
        self._open(move, link)
        return True

    # --- one session's way ----------------------------------------------------------------------------------

    def _open(self, move: _Move, link: LinkId) -> None:
        session = move.session
        self._sessions.rebind(session, link)
        move.attempt += 1
        move.refused = False
        move.made_here.clear()
        if not session.monitors:
            self._arrive(move, [])
            return
        move.open = len(session.monitors)
        for reference, subscription in list(session.monitors.items()):
            tell = partial(self._monitored, move, move.attempt)
            self._monitors.join(session, reference, subscription.monitor_type, tell)

    def _monitored(self, move: _Move, attempt: int, refused: CSTAErrorCode | None) -> None:
        if not self._is_current(move, attempt):
            return
        move.refused = move.refused or refused is not None
        move.open -= 1
        if move.open:
            return
        if move.refused:
            self._again(move)
            return
        session = move.session
        service = SnapshotDevice(snapshot_object=session.appearance.wire)
        self._links.request(session.link, service, partial(self._seen, move, attempt))

    def _seen(self, move: _Move, attempt: int, answer: Response | CSTAErrorCode) -> None:
        if not self._is_current(move, attempt):
            return
        if not isinstance(answer, SnapshotDeviceResponse):
            self._again(move)
            return
        move.there = answer
        session = move.session
        new = [
            call
            for call, known in calls_of(answer).items()
            if call not in session.calls and needs_direction(known)
        ]
        move.open = len(new)
        for call in new:
            service = SnapshotCall(snapshot_object=ConnectionId(call, session.appearance.wire))
            self._links.request(session.link, service, partial(self._looked, move, attempt, call))
        if not new:
            self._catch_up(move, answer)

    def _looked(self, move: _Move, attempt: int, call: CallId, answer: Response | CSTAErrorCode) -> None:
        """Who made a call. A switch that does not say costs the client the direction, nothing else."""
        if not self._is_current(move, attempt):
            return
        caller = answer.calling_device if isinstance(answer, SnapshotCallResponse) else None
        if isinstance(caller, str) and move.session.is_line(caller):
            move.made_here.add(call)
        move.open -= 1
        if not move.open and move.there is not None:
            self._catch_up(move, move.there)

    def _catch_up(self, move: _Move, snapshot: SnapshotDeviceResponse) -> None:
        session, there = move.session, calls_of(snapshot)
        known: dict[CallId, KnownCall] = session.calls.known()
        missed = catch_up(known, there, session.translator.own_wire, move.made_here.__contains__)
        self._arrive(move, missed)
        session.calls.snapshot(snapshot)

    def _arrive(self, move: _Move, missed: list[Event]) -> None:
        waiting = self.forget(move.session)
        self._host.arrived(move.session, missed, waiting)
        self.go_on()

    # --- what goes wrong ------------------------------------------------------------------------------------

    def _is_current(self, move: _Move, attempt: int) -> bool:
        return move.attempt == attempt and self._moves.get(move.session) is move

    def _again(self, move: _Move) -> None:
        """This CTIManager did not take it: the next in turn, or none."""
        session = move.session
        for reference in session.monitors:
            self._monitors.leave(session, reference)
        if move.attempt >= MAX_ATTEMPTS:
            self._host.stranded(session, "no other CTIManager opens the line")
        else:
            self._requeue(move)
        self.go_on()

    def _requeue(self, move: _Move) -> None:
        self._going.discard(move)
        move.attempt += 1
        move.there = None
        if move not in self._queue:
            self._queue.append(move)

    def _watch(self) -> None:
        """One timer for all of them; deadlines pass in the order in which moves began."""
        if self._moves and not self._watching:
            self._watching = True
            first = next(iter(self._moves.values()))
            self._later(max(0.0, first.deadline - self._clock()), self._give_up)

    def _give_up(self) -> None:
        self._watching = False
        now = self._clock()
        for session, move in list(self._moves.items()):
            if move.deadline <= now:
                self._host.stranded(session, f"no other CTIManager was there for {PATIENCE:g} s")
        self._watch()
