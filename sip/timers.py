"""Deadlines by the endpoint's own clock argument: no event loop, no handle per timer.

`Deadlines` calls back what has come due and forgets at once what was taken back. `Sweep` is one deadline for
a whole table whose entries all wait equally long, so that an entry costs no deadline of its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

#: RFC 3261 §17.1.1.1 table 4, in seconds: the round-trip estimate, and the ceiling for repeated non-INVITE
#: requests and INVITE answers.
T1, T2 = 0.5, 4.0
#: RFC 3261 §17: timers B, F, H, J, L, M.
TRANSACTION_TIMEOUT = 64 * T1

Due = Callable[[float], None]

#: Deadlines taken back may lie in the heap up to this many, or up to the number of those that count.
_SLACK = 64


class Deadline:
    """One thing to do at a time; `due` is None once it was done or taken back."""

    __slots__ = ("due", "when")

    def __init__(self, when: float, due: Due) -> None:
        self.when = when
        self.due: Due | None = due


class Deadlines:
    """Calls back what has come due. `Due` gets the time it was called at; it may set further deadlines."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Deadline]] = []
        self._count = 0
        self._void = 0

    def __len__(self) -> int:
        return len(self._heap) - self._void

    def at(self, when: float, due: Due) -> Deadline:
        """Call `due` at that time, unless it is taken back before."""
        deadline = Deadline(when, due)
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, deadline))
        return deadline

    def take_back(self, deadline: Deadline) -> None:
        """It is not wanted any more; what it would have called is let go now."""
        if deadline.due is None:
            return
        deadline.due = None
        self._void += 1
        if self._void > _SLACK + len(self):
            self._heap = [entry for entry in self._heap if entry[2].due is not None]
            heapq.heapify(self._heap)
            self._void = 0

    def next(self) -> float | None:
        """The earliest deadline, None where nothing waits."""
        heap = self._heap
        while heap and heap[0][2].due is None:
            heapq.heappop(heap)
            self._void -= 1
        return heap[0][0] if heap else None

    def tick(self, now: float) -> None:
        """Call everything that is due by now."""
        while (first := self.next()) is not None and first <= now:
            deadline = heapq.heappop(self._heap)[2]
            due, deadline.due = deadline.due, None
            if due is not None:
                due(now)


class Sweep:
    """Asks a table to drop what is over. `sweep` gets the time and gives back when its next entry is over."""

    def __init__(self, deadlines: Deadlines, sweep: Callable[[float], float | None]) -> None:
        self._deadlines = deadlines
        self._sweep = sweep
        self._armed = False

    def arm(self, when: float) -> None:
        """An entry has come that is over at that time; earlier ones have armed it already."""
        if not self._armed:
            self._armed = True
            self._deadlines.at(when, self._due)

    def _due(self, now: float) -> None:
        following = self._sweep(now)
        self._armed = False
        if following is not None:
            self.arm(following)
