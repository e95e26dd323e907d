"""One monitor per link, line appearance and type, shared by every session that watches the line there.

Pure bookkeeping: says when a monitor has to be started or stopped at the CTIManager and who gets its events.
The far side's cross reference never reaches a client; every session gives out its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from csta_xml import CSTAErrorCode, MonitorCrossRefId, MonitorType
from ctimgr_client import LinkId

from .identity import LineAppearance
from .session import Session

Subscriber = tuple[Session, MonitorCrossRefId]
Key = tuple[LinkId, str, str, str, MonitorType]


class Joining(Enum):
    """What joining a monitor needs."""

    START = auto()
    WAIT = auto()
    READY = auto()


@dataclass(slots=True, eq=False)
class Monitor:
    """`reference` is the CTIManager's, empty while the start is under way."""

    key: Key
    link: LinkId
    reference: MonitorCrossRefId | None = None
    subscribers: list[Subscriber] = field(default_factory=list)
    waiting: list[Callable[[CSTAErrorCode | None], None]] = field(default_factory=list)


class Monitors:
    """All monitors of all links."""

    def __init__(self) -> None:
        self._by_key: dict[Key, Monitor] = {}
        self._by_reference: dict[tuple[LinkId, MonitorCrossRefId], Monitor] = {}
        self._joined: dict[Subscriber, Monitor] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    def join(
        self, session: Session, reference: MonitorCrossRefId, monitor_type: MonitorType
    ) -> tuple[Monitor, Joining]:
        """A session wants the events of its line, or of the line's calls, under its own reference."""
        key = _key(session.link, session.appearance, monitor_type)
        monitor = self._by_key.get(key)
        if monitor is None:
            monitor = self._by_key[key] = Monitor(key, session.link)
            joining = Joining.START
        else:
            joining = Joining.READY if monitor.reference else Joining.WAIT
        monitor.subscribers.append((session, reference))
        self._joined[session, reference] = monitor
        return monitor, joining

    def started(self, monitor: Monitor, reference: MonitorCrossRefId) -> bool:
        """The CTIManager gave the monitor its reference. False where nobody wants it any more: stop it
        then."""
        if not monitor.subscribers or self._by_key.get(monitor.key) is not monitor:
            return False
        monitor.reference = reference
        self._by_reference[monitor.link, reference] = monitor
        return True

    def refused(self, monitor: Monitor) -> None:
        """The CTIManager did not start it; a later join tries again."""
        if self._by_key.get(monitor.key) is monitor:
            del self._by_key[monitor.key]
        self._forget(monitor)

    def leave(self, session: Session, reference: MonitorCrossRefId) -> MonitorCrossRefId | None:
        """A session is done with one of its references. Gives the CTIManager's reference where the monitor is
        to be stopped."""
        monitor = self._joined.pop((session, reference), None)
        if monitor is None:
            return None
        monitor.subscribers.remove((session, reference))
        if monitor.subscribers:
            return None
        del self._by_key[monitor.key]
        if not monitor.reference:
            return None
        del self._by_reference[monitor.link, monitor.reference]
        return monitor.reference

    def watching(self, link: LinkId, reference: MonitorCrossRefId) -> list[Subscriber]:
        """Who gets the events of a monitor."""
        monitor = self._by_reference.get((link, reference))
        return monitor.subscribers if monitor is not None else []

    def ended(self, link: LinkId, reference: MonitorCrossRefId) -> list[Subscriber]:
        """The CTIManager stopped it; who had its events."""
        monitor = self._by_reference.pop((link, reference), None)
        if monitor is None:
            return []
        del self._by_key[monitor.key]
        subscribers = list(monitor.subscribers)
        self._forget(monitor)
        return subscribers

    def link_lost(self, link: LinkId) -> None:
        """Nothing of a lost link is ever used again."""
        for key in [key for key in self._by_key if key[0] == link]:
            monitor = self._by_key.pop(key)
            self._forget(monitor)
            if monitor.reference:
                self._by_reference.pop((link, monitor.reference), None)

    def _forget(self, monitor: Monitor) -> None:
        for subscriber in monitor.subscribers:
            self._joined.pop(subscriber, None)
        monitor.subscribers.clear()


def _key(link: LinkId, appearance: LineAppearance, monitor_type: MonitorType) -> Key:
    return (link, *appearance.key, monitor_type)
