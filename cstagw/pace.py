"""Work that falls due for thousands of sessions at once, done a hundred at a time.

So that ending the sessions of a lost CTIManager, or telling them its status, keeps nobody else waiting.
Knows no clock: `later(seconds, action)` calls back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: Pieces per turn, and the pause between turns in seconds: 10,000 a second.
PER_TURN, PAUSE = 100, 0.01


class Pace(Generic[T]):
    """`work` is done for each piece in order; `after` follows every turn. Bounded by who adds: each session
    is in it once."""

    def __init__(
        self,
        work: Callable[[T], None],
        after: Callable[[], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._work = work
        self._after = after
        self._later = later
        self._waiting: deque[T] = deque()
        self._called = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, piece: T) -> None:
        """Queue a piece; `go` or `go_soon` sets it moving."""
        self._waiting.append(piece)

    def go(self) -> None:
        """Do the first turn now."""
        for _ in range(min(PER_TURN, len(self._waiting))):
            self._work(self._waiting.popleft())
        self._after()
        if self._waiting:
            self._call(PAUSE)

    def go_soon(self) -> None:
        """Do the first turn when the present work is done."""
        self._call(0.0)

    def _call(self, pause: float) -> None:
        if not self._called:
            self._called = True
            self._later(pause, self._on)

    def _on(self) -> None:
        self._called = False
        self.go()
