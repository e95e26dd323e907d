"""Who wants to know what happens at which line appearance, over all connections (ECMA-269 §15), and
who wants to know how the whole is.

Found by appearance in one step, so a fact costs nothing where nobody looks. Does not know sessions: a
monitor has a function that takes its events, and one that is told when its appearance is there no more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from csta_xml import Event, MonitorCrossRefId
from ctimgr_client.serving.facts import (
    CallFact,
    Fact,
    Kind,
    MergeFact,
    RemovedFact,
    StatusFact,
    VisibleFact,
)
from ctimgr_client.serving.parties import Viewer
from ctimgr_client.serving.views import flag, view, viewers

Deliver = Callable[[Event], None]
Ended = Callable[["Monitor"], None]
StatusListener = Callable[[bool], None]


@dataclass(frozen=True, slots=True, eq=False)
class Monitor:
    """One MonitorStart. Events named in `kept_back` are not wanted."""

    ref: MonitorCrossRefId
    appearance: Viewer
    kept_back: frozenset[str]
    deliver: Deliver
    ended: Ended  # it has been stopped, but not by who started it
    of_calls: bool = False  # a call monitor: no device events, but the end of calls

    def wants(self, fact: VisibleFact) -> bool:
        if isinstance(fact, CallFact | MergeFact):
            concerns = self.of_calls or fact.kind is not Kind.CALL_CLEARED
        else:
            concerns = not self.of_calls
        return concerns and (not self.kept_back or flag(fact) not in self.kept_back)


class Monitors:
    """All monitors. Cross reference identifiers are unique and never used again."""

    def __init__(self) -> None:
        self._by_appearance: dict[Viewer, dict[Monitor, None]] = {}
        self._status_listeners: dict[StatusListener, None] = {}
        self._count = 0

    def __len__(self) -> int:
        return sum(map(len, self._by_appearance.values()))

    def start(
        self,
        appearance: Viewer,
        kept_back: frozenset[str],
        deliver: Deliver,
        ended: Ended,
        *,
        of_calls: bool = False,
    ) -> Monitor:
        self._count += 1
        ref = MonitorCrossRefId(f"{self._count:08x}")
        monitor = Monitor(ref, appearance, kept_back, deliver, ended, of_calls)
        self._by_appearance.setdefault(appearance, {})[monitor] = None
        return monitor

    def stop(self, monitor: Monitor) -> None:
        watching = self._by_appearance[monitor.appearance]
        del watching[monitor]
        if not watching:
            del self._by_appearance[monitor.appearance]

    def listen_to_status(self, listener: StatusListener) -> None:
        """Told with every change whether the whole is complete."""
        self._status_listeners[listener] = None

    def forget_status(self, listener: StatusListener) -> None:
        self._status_listeners.pop(listener, None)

    def publish(self, facts: Iterable[Fact]) -> None:
        """Give each fact to every monitor that sees it, in order."""
        for fact in facts:
            if isinstance(fact, StatusFact):
                for listen in tuple(self._status_listeners):
                    listen(fact.complete)
                continue
            if isinstance(fact, RemovedFact):
                self._end(fact.appearance)
                continue
            for appearance, local in viewers(fact):
                for monitor in self._by_appearance.get(appearance, ()):
                    if monitor.wants(fact):
                        monitor.deliver(view(fact, monitor.ref, appearance, local))

    def _end(self, appearance: Viewer) -> None:
        for monitor in self._by_appearance.pop(appearance, ()):
            monitor.ended(monitor)
