"""Sessions that are bound anew: over another CTIManager because theirs was lost, or at another appearance.

The SIP dialog stays; the line is monitored anew, a snapshot shows what is there, and the client is told what
it missed. Events that come after the snapshot wait for that. So many sessions move at a time; one that a
CTIManager does not take tries the others, then all of them again after a pause, and has so long to arrive.
Nothing of a lost link is used again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    Event,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    RequestSystemStatus,
    Response,
    Service,
    SnapshotCall,
    SnapshotCallResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from ctimgr_client import LinkId
from sip import ServerTransaction

from .calls import calls_of
from .catching_up import catch_up, needs_direction
from .identity import LineAppearance
from .links import CtiLinks
from .log import get_logger
from .monitoring import Monitoring
from .session import Session
from .sessions import Sessions

#: Seconds from the loss until a session that found no other CTIManager ends after all.
PATIENCE = 30.0
#: Sessions on their way at a time: a CTIManager that takes over thousands stays able to answer others.
MAX_MOVING = 200
#: Requests of one client that wait, and seconds that one waits; a person clicks once or twice.
MAX_WAITING, LONGEST_WAIT = 16, 5.0
#: Seconds between looks at who has waited too long, and before a round of attempts begins anew.
TICK, PAUSE = 0.5, 1.0

Asked = tuple[ServerTransaction, Service]

_LOG = get_logger("cstagw.session")


class Host(Protocol):
    """What a move needs of the gateway; nothing of it may raise."""

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        """The session is served again: tell the client what it missed, then do what it asked for."""

    def waited(self, session: Session, asked: Asked) -> None:
        """A request has waited too long for the session to arrive."""

    def stranded(self, session: Session, text: str) -> None:
        """No other CTIManager took it."""

    def unplaced(self, session: Session) -> None:
        """The appearance it was to go to could not be monitored, and there is none to return to."""


@dataclass(slots=True, eq=False)
class _Move:
    """One session's way. `attempt` tells late answers of an earlier attempt apart, `tried` are the
    CTIManagers that did not take it in this round; `to` is the appearance it goes to and `back` the one it
    returns to where that is refused; it `learns` what the new phone can do; `lost` where it is on its way as
    its link was lost."""

    session: Session
    deadline: float
    attempt: int = 0
    tried: set[str] = field(default_factory=set)
    not_before: float = 0.0
    queued: bool = False
    open: int = 0  # answers that are still to come
    refused: bool = False
    there: SnapshotDeviceResponse | None = None
    made_here: set[CallId] = field(default_factory=set)
    waiting: deque[tuple[float, Asked]] = field(default_factory=deque)
    to: LineAppearance | None = None
    back: LineAppearance | None = None
    features: GetCSTAFeaturesResponse | None = None
    learns: bool = False
    lost: bool = False


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
        self._ticking = False
        self._starting = False
        self._arrived = self._lost = 0

    def __len__(self) -> int:
        return len(self._moves)

    def begin(self, sessions: Iterable[Session]) -> None:
        """They have lost their link, the one they were moving to included."""
        now = self._clock()
        alive = [session for session in sessions if not session.ended]
        if alive:
            _LOG.warning("sessions.moving", cti=alive[0].link.name, sessions=len(alive))
        for session in alive:
            move = self._move_of(session, now)
            move.lost = True
            self._requeue(move)
        self._tick_later()
        self.go_on()

    def wait(self, session: Session) -> None:
        """Its appearance is gone, and `relocate` will say where it is now; requests wait meanwhile."""
        move = self._move_of(session, self._clock())
        self._leave(session)
        self._going.discard(move)
        move.attempt += 1
        self._tick_later()

    def displaced(self, session: Session) -> None:
        """A monitor of a session that is on its way was stopped by the CTIManager."""
        move = self._moves.get(session)
        if move is not None and move in self._going:
            self._refused(move)
            self.go_on()

    def relocate(
        self,
        session: Session,
        link: LinkId,
        appearance: LineAppearance,
        features: GetCSTAFeaturesResponse | None,
        *,
        returns: bool,
    ) -> None:
        """It goes on at this appearance over this link; where that is refused it returns to where it was, or
        else the host is told."""
        move = self._move_of(session, self._clock())
        move.back = session.appearance if returns else None
        move.to, move.features, move.learns = appearance, features, True
        self._going.add(move)
        self._tick_later()
        self._open(move, link)

    def _move_of(self, session: Session, now: float) -> _Move:
        move = self._moves.get(session)
        if move is None:
            move = self._moves[session] = _Move(session, now + PATIENCE)
            session.moving = True
        return move

    def hold(self, session: Session, asked: Asked) -> bool:
        """Keep a request until the session has arrived; False where too many are kept."""
        waiting = self._moves[session].waiting
        if len(waiting) >= MAX_WAITING:
            return False
        waiting.append((self._clock() + LONGEST_WAIT, asked))
        return True

    def forget(self, session: Session) -> list[Asked]:
        """The session has ended, or arrived; the requests that waited for it."""
        move = self._moves.pop(session, None)
        if move is None:
            return []
        self._going.discard(move)
        move.attempt += 1
        session.moving = False
        return [asked for _, asked in move.waiting]

    def go_on(self) -> None:
        """Set as many going as may be, if there is a link to go to."""
        if self._starting:
            return  # one that arrives at once is on the stack of the loop below
        self._starting = True
        try:
            for _ in range(len(self._queue)):
                if len(self._going) >= MAX_MOVING or not self._start_next():
                    break
        finally:
            self._starting = False
        if not self._moves and (self._arrived or self._lost):
            _LOG.info("sessions.moved", arrived=self._arrived, ended=self._lost)
            self._arrived = self._lost = 0

    def _start_next(self) -> bool:
        """False where no CTIManager is in service."""
        move = self._queue.popleft()
        move.queued = False
        if self._moves.get(move.session) is not move or move in self._going:  # it has ended or gone meanwhile
            return True
        link = None
        if move.not_before <= self._clock():
            link = self._links.choose(lambda link: link.name in move.tried)
            if link is None and move.tried and self._links.choose() is not None:
                move.tried.clear()
                move.not_before = self._clock() + PAUSE
        resting = move.not_before > self._clock()
        if link is None:
            self._enqueue(move)
            return resting
        self._going.add(move)
        self._open(move, link)
        return True

    # --- one session's way ----------------------------------------------------------------------------------

    def _open(self, move: _Move, link: LinkId) -> None:
        session = move.session
        self._leave(session)
        self._sessions.rebind(session, link, move.to or session.appearance)
        move.attempt += 1
        move.refused = False
        move.there = None
        move.made_here.clear()
        session.backlog = None
        if not session.monitors:
            self._arrive(move, [])
            return
        move.open = len(session.monitors)
        for reference, subscription in list(session.monitors.items()):
            tell = partial(self._monitored, move, move.attempt)
            self._monitors.join(session, reference, subscription.monitor_type, tell)

    def _leave(self, session: Session) -> None:
        for reference in session.monitors:
            self._monitors.leave(session, reference)

    def _monitored(self, move: _Move, attempt: int, refused: CSTAErrorCode | None) -> None:
        if not self._is_current(move, attempt):
            return
        move.refused = move.refused or refused is not None
        move.open -= 1
        if move.open:
            return
        if move.refused:
            self._refused(move)
            return
        session = move.session
        service = SnapshotDevice(snapshot_object=session.appearance.wire)
        self._links.request(session.link, service, partial(self._seen, move, attempt))

    def _seen(self, move: _Move, attempt: int, answer: Response | CSTAErrorCode) -> None:
        if not self._is_current(move, attempt):
            return
        session = move.session
        if isinstance(answer, CSTAErrorCode) and answer.value == "deviceOutOfService":
            answer = SnapshotDeviceResponse()  # a phone that is not registered has no calls that it could end
        if not isinstance(answer, SnapshotDeviceResponse):
            self._refused(move)
        else:
            move.there = answer
            session.backlog = deque()
            there = calls_of(answer)
            self._ask_who_called(
                move, [call for call in there if call not in session.calls and needs_direction(there[call])]
            )

    def _ask_who_called(self, move: _Move, calls: list[CallId]) -> None:
        session = move.session
        move.open = len(calls)
        for call in calls:
            service = SnapshotCall(snapshot_object=ConnectionId(call, session.appearance.wire))
            self._links.request(session.link, service, partial(self._looked, move, move.attempt, call))
        if not calls:
            self._catch_up(move)

    def _looked(self, move: _Move, attempt: int, call: CallId, answer: Response | CSTAErrorCode) -> None:
        """Who made a call. A switch that does not say costs the client the direction, nothing else."""
        if not self._is_current(move, attempt):
            return
        if isinstance(answer, CSTAErrorCode) and answer.value == "resourceOutOfService":
            self._again(move)
            return
        caller = answer.calling_device if isinstance(answer, SnapshotCallResponse) else None
        if isinstance(caller, str) and move.session.is_line(caller):
            move.made_here.add(call)
        move.open -= 1
        if not move.open:
            self._catch_up(move)

    def _catch_up(self, move: _Move) -> None:
        session, snapshot = move.session, move.there
        there = calls_of(snapshot) if snapshot is not None else {}
        own = session.translator.own_wire
        self._arrive(move, catch_up(session.calls.known(), there, own, move.made_here.__contains__))

    def _arrive(self, move: _Move, missed: list[Event]) -> None:
        waiting = self.forget(move.session)
        self._arrived += move.lost
        if move.learns:
            move.session.learn(move.features)
        self._host.arrived(move.session, missed, waiting)
        self.go_on()

    # --- what goes wrong ------------------------------------------------------------------------------------

    def _is_current(self, move: _Move, attempt: int) -> bool:
        return move.attempt == attempt and self._moves.get(move.session) is move

    def _refused(self, move: _Move) -> None:
        """Back to where it was, to another CTIManager, or wherever its line may be."""
        if move.back is not None:
            move.to, move.back, move.learns = move.back, None, False
            self._open(move, move.session.link)
        elif move.to is not None and not move.lost:
            self.wait(move.session)
            self._host.unplaced(move.session)
        else:
            self._again(move)

    def _again(self, move: _Move) -> None:
        """This CTIManager did not take it: the others first, then all of them anew."""
        move.tried.add(move.session.link.name)
        self._leave(move.session)
        self._requeue(move)
        self.go_on()

    def _requeue(self, move: _Move) -> None:
        self._going.discard(move)
        move.attempt += 1
        self._enqueue(move)

    def _enqueue(self, move: _Move) -> None:
        if not move.queued:
            move.queued = True
            self._queue.append(move)

    def _tick_later(self) -> None:
        """One timer for all of them."""
        if self._moves and not self._ticking:
            self._ticking = True
            self._later(TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        now = self._clock()
        for session, move in list(self._moves.items()):
            while move.waiting and move.waiting[0][0] <= now:
                self._host.waited(session, move.waiting.popleft()[1])
            if move.deadline <= now:
                self._lost += move.lost
                self._host.stranded(session, self._why(move))
                self.forget(session)
        self.go_on()
        self._tick_later()

    def _why(self, move: _Move) -> str:
        if move.lost:
            return f"no other CTIManager took it within {PATIENCE:g} s"
        return f"no CTIManager has {move.session.line.text} any more since {PATIENCE:g} s"


def needs_a_link(session: Session, service: Service) -> bool:
    """Whether a service has to wait for a session that moves."""
    if isinstance(service, GetCSTAFeatures):
        return session.features is None
    return not isinstance(service, RequestSystemStatus)
