"""Monitors at CTIManagers: started for the first session that wants one, stopped after the last.

Runs the bookkeeping of `monitors` against the links. What takes time comes back by callback.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from csta_xml import (
    CSTAErrorCode,
    Event,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorType,
    Response,
)
from ctimgr_client import LinkId

from . import errors
from .identity import LineAppearance
from .links import CtiLinks
from .log import get_logger
from .monitors import Joining, Monitor, Monitors, Subscriber
from .refused_lines import RefusedLines
from .session import Session

#: Told None when the events come from now on, else why they do not.
Tell: TypeAlias = Callable[[CSTAErrorCode | None], None]

_LOG = get_logger("cstagw.monitor")


class Monitoring:
    """`leaving` are references whose stop is not answered yet: their last events are nobody's. `refused`
    notes the lines that CTIManagers do not let us control."""

    def __init__(self, links: CtiLinks, refused: RefusedLines) -> None:
        self._links = links
        self._refused = refused
        self._monitors = Monitors()
        self._leaving: set[tuple[LinkId, MonitorCrossRefId]] = set()
        self._starting: Counter[LinkId] = Counter()  # a switch may send events before it answers

    def __len__(self) -> int:
        return len(self._monitors)

    def join(
        self, session: Session, reference: MonitorCrossRefId, monitor_type: MonitorType, tell: Tell
    ) -> None:
        """A session wants the events of its line, or of the line's calls, under its own reference."""
        monitor, joining = self._monitors.join(session, reference, monitor_type)
        if joining is Joining.READY:
            tell(None)
            return
        monitor.waiting.append(tell)
        if joining is Joining.START:
            # The standard's default is a monitor of the device, and foreign switches may know no other.
            kind = monitor_type if monitor_type is MonitorType.CALL else None
            service = MonitorStart(monitor_object=session.appearance.wire, monitor_type=kind)
            self._starting[session.link] += 1
            reply = partial(self._started, monitor, session.appearance)
            self._links.request(session.link, service, reply)

    def leave(self, session: Session, reference: MonitorCrossRefId) -> None:
        """A session is done with one of its references."""
        theirs = self._monitors.leave(session, reference)
        if theirs is not None:
            self._stop(session.link, theirs)

    def leave_all(self, session: Session) -> None:
        """A session has ended."""
        for reference in list(session.monitors):
            self.leave(session, reference)
        session.monitors.clear()

    def watching(self, link: LinkId, event: Event) -> list[Subscriber]:
        """Who gets this event. A monitor that nobody knows is stopped: its start was answered too late."""
        reference = event.monitor_cross_ref_id
        subscribers = self._monitors.watching(link, reference)
        if not subscribers and (link, reference) not in self._leaving and not self._starting[link]:
            _LOG.warning("monitor.unknown", cti=link.name, reference=reference)
            self._stop(link, reference)
        return list(subscribers)

    def ended(self, link: LinkId, reference: MonitorCrossRefId) -> list[Subscriber]:
        """The CTIManager stopped a monitor by itself; who had its events."""
        return self._monitors.ended(link, reference)

    def link_lost(self, link: LinkId) -> None:
        """Nothing of a lost link is ever used again."""
        self._monitors.link_lost(link)

    def _started(
        self, monitor: Monitor, appearance: LineAppearance, answer: Response | CSTAErrorCode
    ) -> None:
        self._starting[monitor.link] -= 1
        if not self._starting[monitor.link]:
            del self._starting[monitor.link]
        waiting, monitor.waiting = monitor.waiting, []
        refused = None
        if isinstance(answer, MonitorStartResponse):
            self._refused.given(monitor.link.name, appearance)
            if not self._monitors.started(monitor, answer.monitor_cross_ref_id):
                self._stop(monitor.link, answer.monitor_cross_ref_id)
        else:
            refused = answer if isinstance(answer, CSTAErrorCode) else errors.OUT_OF_SERVICE
            self._refused.refused(monitor.link.name, appearance, refused)
            self._monitors.refused(monitor)
        for tell in waiting:
            tell(refused)

    def _stop(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        self._leaving.add((link, reference))
        service = MonitorStop(monitor_cross_ref_id=reference)
        self._links.request(link, service, partial(self._stopped, link, reference))

    def _stopped(self, link: LinkId, reference: MonitorCrossRefId, answer: Response | CSTAErrorCode) -> None:
        self._leaving.discard((link, reference))
