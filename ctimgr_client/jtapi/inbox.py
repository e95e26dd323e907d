"""Batches on their way from the library's threads to the event loop.

`put` may be called on any thread and returns at once; everything else happens on the loop. Bounded: events
that cannot be kept are lost, and what was known is wrong from then on, so `overflowed` has to be asked.
Relies on deque.append and deque.popleft being atomic; knows neither threads nor the loop.
"""

from collections import deque
from collections.abc import Callable

from ctimgr_client.jtapi.records import Batch

LIMIT = 100_000


class Inbox:
    """`wake` is called on the thread of a `put`, once for all batches until the next `take`."""

    def __init__(self, wake: Callable[[], None], limit: int = LIMIT) -> None:
        self._wake = wake
        self._limit = limit
        self._batches: deque[Batch] = deque()
        self._is_awake = False
        self._lost = False

    def __len__(self) -> int:
        return len(self._batches)

    def put(self, batch: Batch) -> None:
        if len(self._batches) >= self._limit:
            self._lost = True
        else:
            self._batches.append(batch)
        if not self._is_awake:
            self._is_awake = True
            self._wake()

    def take(self, count: int) -> list[Batch]:
        """At most so many, the oldest first."""
        self._is_awake = False
        return [self._batches.popleft() for _ in range(min(count, len(self._batches)))]

    def overflowed(self) -> bool:
        """Whether something was lost since this was asked; then everything is let go of."""
        if not self._lost:
            return False
        self._batches.clear()
        self._lost = False
        return True
