"""What all applications of one bridge share: the provider, what is known of its calls, lines and monitors.

Pure: workers, the clock and the log are given. Does not know how the provider is opened, nor connections.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from csta_xml import CallId
from ctimgr_client.failures import Repeats
from ctimgr_client.jtapi.errands import Errands, Steps, Work, blocking
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.life import Life
from ctimgr_client.jtapi.lines import Lines
from ctimgr_client.jtapi.records import Batch
from ctimgr_client.jtapi.refusals import Advice
from ctimgr_client.jtapi.telephony import Telephony
from ctimgr_client.jtapi.tracker import Tracker
from ctimgr_client.jtapi.waits import Waits
from ctimgr_client.serving.facts import Fact, MergeFact, RemovedFact
from ctimgr_client.serving.limits import Alarm, DeviceCount, Limits
from ctimgr_client.serving.monitors import Monitors
from ctimgr_client.serving.refused import ResourceOutOfService
from ctimgr_client.serving.timers import Timers

T = TypeVar("T")

MAX_SESSIONS = 64
MAX_MERGES = 1000

#: Told an advice, and how many like it the line stands for.
Advise = Callable[[Advice, int], None]


class Switch:
    """`telephony` is the provider while there is one. `secret` is what an application must know, if any.

    `merges` are the last transfers and conferences by the call that was left: often nobody whom we see is on
    it any more.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        now: Callable[[], float],
        *,
        secret: str = "",
        max_lines: int = 50_000,
        limits: Limits | None = None,
        life: Life | None = None,
        alarm: Alarm,
        advise: Advise,
    ) -> None:
        self.name = name
        self.secret = secret
        self.limits = limits or Limits(sessions=MAX_SESSIONS)
        self.alarm = alarm
        self.timers = Timers()
        self.now = now
        self.life = life or Life()
        self.monitors = Monitors()
        self.devices = DeviceCount(f"bridge {name}", self.limits.devices_per_node, alarm)
        self.tracker = Tracker()
        self.errands = Errands()
        self.waits = Waits(self.timers, now)
        self.lines = Lines(self, self.tracker, self.errands, self.waits, max_lines)
        self.telephony: Telephony | None = None
        self.merges: dict[CallId, MergeFact] = {}
        self.sessions = 0
        self._work = work
        self._advise = advise
        self._repeats: dict[str, Repeats] = {}
        self._session_count = 0
        self._register_count = 0

    def ask(self, call: Callable[[Telephony], T]) -> Steps[T]:
        """Have a worker ask the provider that is there now."""
        if self.telephony is None:
            raise ResourceOutOfService("no provider is open")
        return (yield from blocking(self._work, partial(call, self.telephony)))

    def happened(self, batch: Batch) -> None:
        """Events of the provider's lines, devices and calls."""
        self._publish(self.tracker.apply(batch, self.now()))
        self.waits.look()

    def left(self) -> None:
        """The provider is out of service. Sessions have been ended before."""
        self.tracker.clear()
        self.merges.clear()
        self.lines.clear()

    def shut(self) -> None:
        """The provider is gone for good."""
        self.telephony = None
        self.tracker.clear()
        self.merges.clear()
        self.lines.forget()

    def advise(self, advice: Advice | None) -> None:
        """Say it to an administrator: at first, and then once a minute for all of the same kind."""
        if advice is not None:
            repeats = self._repeats.setdefault(advice.kind, Repeats())
            count = repeats.note(advice.kind, self.now())
            if count is not None:
                self._advise(advice, count)

    def next_session_id(self) -> str:
        self._session_count += 1
        return f"{self.name}-{self._session_count:06d}"

    def next_register_id(self) -> str:
        self._register_count += 1
        return str(self._register_count)

    def _publish(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.monitors.publish((fact,))
            if isinstance(fact, MergeFact):
                self._remember(fact)
            elif isinstance(fact, RemovedFact) and isinstance(fact.appearance, Appearance):
                self.lines.lost(fact.appearance)

    def _remember(self, fact: MergeFact) -> None:
        self.merges.pop(fact.call_id, None)
        self.merges[fact.call_id] = fact
        if len(self.merges) > MAX_MERGES:
            del self.merges[next(iter(self.merges))]
