"""Measures how late the event loop is: one timer that knows when it was due.

A shell module: it owns one timer of the loop. What the figure means is decided in `health`.
"""

import asyncio
from collections.abc import Callable

INTERVAL = 0.5


class LoopLag:
    """Calls `record` with the lag in seconds twice a second, from start() to stop()."""

    def __init__(self, record: Callable[[float], None], interval: float = INTERVAL) -> None:
        self._record = record
        self._interval = interval
        self._last = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin measuring on the running loop."""
        self._arm(asyncio.get_running_loop())

    def stop(self) -> None:
        """Nothing is recorded after this."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def current(self) -> float:
        """The last lag, or how overdue the next measurement is: a probe may run first after a long block."""
        if self._timer is None:
            return self._last
        return max(self._last, asyncio.get_running_loop().time() - self._due)

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + self._interval
        self._timer = loop.call_at(self._due, self._measure, loop)

    def _measure(self, loop: asyncio.AbstractEventLoop) -> None:
        self._last = max(0.0, loop.time() - self._due)
        self._arm(loop)
        self._record(self._last)
