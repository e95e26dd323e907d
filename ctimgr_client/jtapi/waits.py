"""Waiting for what events will tell, for a bounded time.

Pure: time is a number, and somebody says when it may be worth looking again. What waits is bounded by the
errands that are under way: each waits for one thing at a time.
"""

from collections.abc import Callable
from functools import partial

from ctimgr_client.jtapi.errands import Resume, Steps
from ctimgr_client.serving.timers import Timer, Timers

Condition = Callable[[], bool]


class Waits:
    """Conditions that are looked at after every batch of events."""

    def __init__(self, timers: Timers, now: Callable[[], float]) -> None:
        self._timers = timers
        self._now = now
        self._waiting: dict[Timer, tuple[Condition, Resume]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def until(self, condition: Condition, seconds: float) -> Steps[bool]:
        """Whether it became true in time; it may be so already."""
        if condition():
            return True
        came: bool = yield partial(self._wait, condition, seconds)
        return came

    def pause(self, seconds: float) -> Steps[None]:
        yield from self.until(lambda: False, seconds)

    def look(self) -> None:
        """Something has happened."""
        for timer, (condition, resume) in list(self._waiting.items()):
            if timer in self._waiting and condition():
                del self._waiting[timer]
                timer.cancel()
                resume(True, None)

    def _wait(self, condition: Condition, seconds: float, resume: Resume) -> None:
        def too_late(_now: float) -> None:
            del self._waiting[timer]
            resume(False, None)

        timer = self._timers.at(self._now() + seconds, too_late)
        self._waiting[timer] = (condition, resume)
