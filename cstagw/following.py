"""Sessions follow their line appearances: to the device that their user chose, to where the directory says
they are now, to the phone at which a line turned up after it had left its own.

A session changes when nothing is going on at its old appearance, and nothing is disturbed before the new one
is known to be there. Decides when and whereto; `moving` does it. Nothing sleeps here: one timer looks after
all that wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from csta_xml import CSTAErrorCode, SnapshotDeviceResponse
from ctimgr_client import LinkId

from .calls import LineCalls
from .errors import DirectoryNotLoaded, GatewayError, NoCtiManagerInService
from .inquiry import Inquiries, Report
from .lines import Candidates, Lines, Rule
from .links import CtiLinks
from .log import get_logger
from .moving import Moving
from .pace import Pace
from .search import Found, Search
from .selection import Key
from .session import Session
from .sessions import Sessions

#: Sessions for whose sake CTIManagers are being asked at a time.
MAX_AT_ONCE = 100
#: Seconds between looks at those that wait, and before one that was refused is tried again.
TICK, PAUSE = 1.0, 30.0
#: Seconds; a monitor that ends again so soon after the session followed it is no line that has moved.
STEADY = 10.0
#: Seconds that a session may stay at an appearance that is not its user's any more, for a call to end.
GRACE = 60.0
#: What a CTIManager says of a phone that it cannot tell us about at present.
_UNKNOWN = ("resourceOutOfService", "resourceBusy")

_LOG = get_logger("cstagw.session")


class Host(Protocol):
    """What following needs of the gateway; nothing of it may raise."""

    def revoked(self, session: Session, text: str) -> None:
        """The directory does not give the user this line any more."""


@dataclass(slots=True, eq=False)
class Wanted:
    """Where a session is to go. `gone`: its appearance is there no more, so nothing can be disturbed;
    `lost_since`: its user has no right to it since then; `problem` says why it was not possible so far;
    `found` while it is on its way."""

    session: Session
    candidates: Candidates
    gone: bool = False
    lost_since: float | None = None
    not_before: float = 0.0
    problem: str = ""
    search: Search | None = None
    found: Found | None = None
    asking: bool = False
    queued: bool = False

    @property
    def under_way(self) -> bool:
        """Somebody is being asked, or it is on its way already."""
        return self.search is not None or self.found is not None or self.asking


class Following:
    """All sessions that are to change their appearance. `clock` is monotonic seconds."""

    def __init__(
        self,
        lines: Lines,
        sessions: Sessions,
        *,
        links: CtiLinks,
        moving: Moving,
        inquiries: Inquiries,
        host: Host,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._lines = lines
        self._links = links
        self._sessions = sessions
        self._moving = moving
        self._inquiries = inquiries
        self._host = host
        self._clock = clock
        self._later = later
        self._wanted: dict[Session, Wanted] = {}
        self._followed: dict[Session, float] = {}
        self._asking = 0
        self._queue: deque[Wanted] = deque()
        self._ticking = self._going_on = False
        self._unlooked: set[Session] = set()
        self._looks = Pace(self._look_now, lambda: None, later)

    def __len__(self) -> int:
        return len(self._wanted)

    def __contains__(self, session: Session) -> bool:
        return session in self._wanted

    def wanted(self, session: Session) -> Wanted | None:
        """Where a session is to go, None where it is to stay."""
        return self._wanted.get(session)

    # --- what may change something --------------------------------------------------------------------------

    def directory_changed(self) -> None:
        """Every session is looked at anew, at a pace; one that waits for that need not wait twice."""
        for session in self._sessions:
            if session not in self._unlooked:
                self._unlooked.add(session)
                self._looks.add(session)
        self._looks.go_soon()

    def choices_changed(self, keys: Iterable[Key]) -> None:
        """These users chose otherwise, here or at another node."""
        for user in {user for user, _ in keys}:
            for session in self._sessions.of_user(user):
                self._look(session)

    def line_gone(self, session: Session) -> bool:
        """Its CTIManager stopped the monitor by itself: the line may be elsewhere now. False where the
        session followed it only a moment ago."""
        now = self._clock()
        if now - self._followed.get(session, -STEADY) < STEADY:
            return False
        try:
            candidates = self._lines.candidates(session.owner, session.line)
        except GatewayError:
            return False
        self._followed[session] = now
        self._forget(session)
        self._moving.wait(session)
        self._want(session, candidates, gone=True)
        return True

    def unplaced(self, session: Session) -> None:
        """Neither the new appearance nor the old one could be monitored: the line is somewhere else."""
        wanted = self._wanted.get(session)
        if wanted is not None:
            wanted.gone, wanted.found = True, None
            self._refused(wanted, "the CTIManager does not monitor it where it was found")

    def may_be_free(self, session: Session) -> None:
        """Something has ended at the session's appearance."""
        wanted = self._wanted.get(session)
        if wanted is not None:
            self._try(wanted)

    def arrived(self, session: Session) -> bool:
        """A session that was bound anew is served again; whether it was bound anew to follow its line."""
        wanted = self._wanted.get(session)
        if wanted is None or wanted.found is None:
            return False
        found, wanted.found = wanted.found, None
        if session.appearance != found.appearance:
            self._refused(wanted, "the CTIManager refused to monitor it")
            self._look(session)
            return True
        session.rule = found.rule
        del self._wanted[session]
        _LOG.info(
            "session.reassigned",
            session=session.id,
            user=session.user,
            line=session.line.text,
            device=found.appearance.device,
            rule=found.rule,
        )
        self._look(session)  # there may be another choice by now
        return True

    def forget(self, session: Session) -> None:
        """The session has ended."""
        self._followed.pop(session, None)
        self._forget(session)

    # --- whereto --------------------------------------------------------------------------------------------

    def _look_now(self, session: Session) -> None:
        self._unlooked.discard(session)
        self._look(session)

    def _look(self, session: Session) -> None:
        """Is the session where it belongs?"""
        if session.ended:
            return
        try:
            candidates = self._lines.candidates(session.owner, session.line)
        except DirectoryNotLoaded:
            return
        except GatewayError as error:
            self._host.revoked(session, str(error))
            return
        wanted = self._wanted.get(session)
        if wanted is not None and wanted.found is not None:
            return  # on its way; it is looked at again on arrival
        gone = wanted is not None and wanted.gone
        settled = session.appearance in candidates.appearances and not _chooses_anew(session, candidates)
        if settled and not gone:
            self._forget(session)
            session.rule = candidates.rule
        else:
            self._want(session, candidates, gone=gone)

    def _want(self, session: Session, candidates: Candidates, *, gone: bool) -> None:
        wanted = self._wanted.get(session)
        lost_since = wanted.lost_since if wanted is not None else None
        if wanted is None or wanted.candidates != candidates:
            self._forget(session)
            wanted = self._wanted[session] = Wanted(session, candidates, gone)
        if not gone and not self._lines.may_control(session.owner, session.appearance):
            wanted.lost_since = self._clock() if lost_since is None else lost_since
        self._try(wanted)
        self._tick_later()

    def _forget(self, session: Session) -> None:
        wanted = self._wanted.pop(session, None)
        if wanted is not None and wanted.search is not None:
            wanted.search.abandoned = True
            self._answered()

    # --- when -----------------------------------------------------------------------------------------------

    def _try(self, wanted: Wanted) -> None:
        session = wanted.session
        if wanted.under_way or wanted.not_before > self._clock():
            return
        if not (wanted.gone or session.is_free):
            return
        if self._asking >= MAX_AT_ONCE:
            if not wanted.queued:
                wanted.queued = True
                self._queue.append(wanted)
            return
        self._asking += 1
        if wanted.gone or session.monitors:
            self._search(wanted)
        else:
            # Without a monitor only the CTIManager knows whether there are calls.
            wanted.asking = True
            self._inquiries.ask(session.link, session.appearance, partial(self._old_one, wanted))

    def _answered(self) -> None:
        """One less is being asked for: the next of those who wait, when the present work is done."""
        self._asking -= 1
        if self._queue and not self._going_on:
            self._going_on = True
            self._later(0.0, self._go_on)

    def _go_on(self) -> None:
        self._going_on = False
        while self._queue and self._asking < MAX_AT_ONCE:
            wanted = self._queue.popleft()
            wanted.queued = False
            if self._is_current(wanted):
                self._try(wanted)

    def _old_one(self, wanted: Wanted, report: Report) -> None:
        wanted.asking = False
        if not self._is_current(wanted):
            self._answered()
            return
        answer = report.line
        if isinstance(answer, CSTAErrorCode):
            busy = answer.value in _UNKNOWN
        else:
            busy = isinstance(answer, SnapshotDeviceResponse) and _busy(wanted.session, answer)
        if busy or not wanted.session.is_free:
            wanted.not_before = self._clock() + TICK
            self._answered()
        else:
            self._search(wanted)

    def _search(self, wanted: Wanted) -> None:
        wanted.search = Search(
            self._inquiries,
            wanted.candidates,
            link_for=partial(self._link_for, wanted.session),
            patient=lambda: True,
            tell=partial(self._told, wanted),
        )
        wanted.search.go()

    def _link_for(self, session: Session, silent: set[str]) -> LinkId:
        """The session's own link as long as it answers. Raises NoCtiManagerInService."""
        own = self._links.choose(lambda link: link != session.link or link.name in silent)
        link = own or self._links.choose(lambda link: link.name in silent)
        if link is None:
            raise NoCtiManagerInService("no CTIManager answers for the line")
        return link

    def _told(self, wanted: Wanted, outcome: Found | GatewayError) -> None:
        wanted.search = None
        self._answered()
        if not self._is_current(wanted):
            return
        session = wanted.session
        if isinstance(outcome, GatewayError):
            self._refused(wanted, str(outcome))
        elif outcome.appearance == session.appearance and not wanted.gone:
            session.rule = outcome.rule
            del self._wanted[session]
        elif wanted.gone or session.is_free:
            wanted.found = outcome
            returns = not wanted.gone
            self._moving.relocate(
                session, outcome.link, outcome.appearance, outcome.features, returns=returns
            )

    def _refused(self, wanted: Wanted, problem: str) -> None:
        """A line that has left its phone may turn up any moment; anything else has time."""
        wanted.not_before = self._clock() + (TICK if wanted.gone else PAUSE)
        if wanted.problem != problem and not wanted.gone:
            _LOG.warning("session.not_reassigned", session=wanted.session.id, text=problem)
        wanted.problem = problem

    def _is_current(self, wanted: Wanted) -> bool:
        return self._wanted.get(wanted.session) is wanted and not wanted.session.ended

    def _tick_later(self) -> None:
        """One timer for all of them."""
        if self._wanted and not self._ticking:
            self._ticking = True
            self._later(TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        now = self._clock()
        for wanted in list(self._wanted.values()):
            if self._is_out_of_grace(wanted, now):
                where = wanted.session.appearance.device or "where it was"
                text = f"{wanted.session.line.text} at {where} is not the user's any more"
                self._host.revoked(wanted.session, text)
            else:
                self._try(wanted)
        self._tick_later()

    def _is_out_of_grace(self, wanted: Wanted, now: float) -> bool:
        since = wanted.lost_since
        return since is not None and wanted.found is None and now - since >= GRACE


def _chooses_anew(session: Session, candidates: Candidates) -> bool:
    """The user took his choice back: the rule of the line is asked again."""
    return session.rule == Rule.CHOSEN and candidates.rule is not Rule.CHOSEN


def _busy(session: Session, snapshot: SnapshotDeviceResponse) -> bool:
    calls = LineCalls(session.is_line)
    calls.snapshot(snapshot)
    return calls.busy
