"""Everything in a server that happens later: one heap of deadlines.

Knows times as numbers. The shell arms one event loop timer from `next_deadline()` and calls `run(now)`;
nothing else in a server has a timer or a task of its own.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush

Action = Callable[[float], None]

_SWEEP_FROM = 64


class Timer:
    """One deadline that can be called off."""

    __slots__ = ("_action", "_timers")

    def __init__(self, timers: "Timers", action: Action) -> None:
        self._timers = timers
        self._action: Action | None = action

    @property
    def pending(self) -> bool:
        return self._action is not None

    def cancel(self) -> None:
        if self._action is not None:
            self._action = None
            self._timers.called_off()

    def fire(self, now: float) -> None:
        action, self._action = self._action, None
        if action is not None:
            action(now)


class Timers:
    """Deadlines in the order they are due; those due at the same time in the order they were set."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = 0
        self._dead = 0

    def __len__(self) -> int:
        return len(self._heap) - self._dead

    def at(self, when: float, action: Action) -> Timer:
        """Call `action` with the time once `when` has come."""
        timer = Timer(self, action)
        self._count += 1
        heappush(self._heap, (when, self._count, timer))
        return timer

    def next_deadline(self) -> float | None:
        """When `run` should be called next, None where nothing waits."""
        heap = self._heap
        while heap and not heap[0][2].pending:
            heappop(heap)
            self._dead -= 1
        return heap[0][0] if heap else None

    def run(self, now: float) -> None:
        """Do what is due by now."""
        while (due := self.next_deadline()) is not None and due <= now:
            heappop(self._heap)[2].fire(now)

    def called_off(self) -> None:
        """Called-off deadlines may lie far ahead: they are swept out before they outnumber the living."""
        self._dead += 1
        if self._dead > _SWEEP_FROM and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].pending]
            heapify(self._heap)
            self._dead = 0
