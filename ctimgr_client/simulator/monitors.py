"""Who wants to know what happens at which line appearance, over all CTIManagers of the cluster (ECMA-269
§15).

Found by appearance in one step, so a fact costs nothing where nobody looks. Does not know sessions: a
monitor has a function that takes its events.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from csta_xml import Event, MonitorCrossRefId
from ctimgr_client.simulator.facts import Fact
from ctimgr_client.simulator.phones import Appearance
from ctimgr_client.simulator.views import flag, view, viewers

Deliver = Callable[[Event], None]


@dataclass(frozen=True, slots=True, eq=False)
class Monitor:
    """One MonitorStart. Events named in `kept_back` are not wanted."""

    ref: MonitorCrossRefId
    appearance: Appearance
    kept_back: frozenset[str]
    deliver: Deliver


class Monitors:
    """All monitors. Cross reference identifiers are unique in the cluster and never used again."""

    def __init__(self) -> None:
        self._by_appearance: dict[Appearance, dict[Monitor, None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return sum(map(len, self._by_appearance.values()))

    def start(self, appearance: Appearance, kept_back: frozenset[str], deliver: Deliver) -> Monitor:
        self._count += 1
        monitor = Monitor(MonitorCrossRefId(f"{self._count:08x}"), appearance, kept_back, deliver)
        self._by_appearance.setdefault(appearance, {})[monitor] = None
        return monitor

    def stop(self, monitor: Monitor) -> None:
        watching = self._by_appearance[monitor.appearance]
        del watching[monitor]
        if not watching:
            del self._by_appearance[monitor.appearance]

    def publish(self, facts: Iterable[Fact]) -> None:
        """Give each fact to every monitor that sees it, in order."""
        for fact in facts:
            for appearance, local in viewers(fact):
                for monitor in self._by_appearance.get(appearance, ()):
                    if not monitor.kept_back or flag(fact) not in monitor.kept_back:
                        monitor.deliver(view(fact, monitor.ref, appearance, local))
