"""Threads for calls that block, and one that looks whether the library still answers.

Shell. So many calls run at once, so many wait, more are refused; results come back on the event loop, in the
order in which the calls ended. A call that does not return in time is given up: whoever asked is told, its
thread counts as lost and another one takes its place. Nothing can stop a thread, so lost ones are bounded
too: with too many the library counts as hung. Does not know what the calls are.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from ctimgr_client.jtapi.errands import Resume
from ctimgr_client.serving.refused import Refused, ResourceBusy

THREADS = 16
WAITING = 1000
LOST = 16


class NoReturn(Refused):
    """The library did not come back in time. What was asked for may happen all the same."""


class _Job:
    __slots__ = ("call", "deadline", "resume")

    def __init__(self, call: Callable[[], Any], resume: Resume) -> None:
        self.call = call
        self.resume = resume
        self.deadline = 0.0


class Workers:
    """`patience` is how many seconds a call may take; `hung` is told once when too many threads are lost."""

    def __init__(
        self,
        patience: float,
        hung: Callable[[], None],
        *,
        threads: int = THREADS,
        waiting: int = WAITING,
        lost: int = LOST,
    ) -> None:
        self._patience = patience
        self._hung = hung
        self._free = threads
        self._max_waiting = waiting
        self._max_lost = lost
        self._lost = 0
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._waiting: deque[_Job] = deque()
        self._running: dict[_Job, None] = {}  # the first one has the earliest deadline
        self._timer: asyncio.TimerHandle | None = None
        self._threads = threads
        for _ in range(threads):
            self._start_thread()

    @property
    def busy(self) -> int:
        """How many calls run or wait."""
        return len(self._running) + len(self._waiting)

    @property
    def lost(self) -> int:
        """How many threads are in a call that was given up."""
        return self._lost

    def do(self, call: Callable[[], Any], resume: Resume) -> None:
        """Run the call in a thread; `resume` is told on the loop. Refused at once where too many wait."""
        job = _Job(call, resume)
        if self._free:
            self._begin(job)
        elif len(self._waiting) < self._max_waiting:
            self._waiting.append(job)
        else:
            resume(None, ResourceBusy("too many requests wait for the JTAPI library"))

    def stop(self) -> None:
        """No more results. Threads end when their call does; they keep no process alive."""
        if self._timer is not None:
            self._timer.cancel()
        self._waiting.clear()
        for _ in range(self._threads + self._lost):
            self._jobs.put(None)

    def _begin(self, job: _Job) -> None:
        self._free -= 1
        job.deadline = self._loop.time() + self._patience
        self._running[job] = None
        self._jobs.put(job)
        if self._timer is None:
            self._timer = self._loop.call_at(job.deadline, self._look)

    def _ended(self, job: _Job, value: Any, error: Exception | None) -> None:
        if job not in self._running:
            self._lost -= 1
            self._jobs.put(None)  # its place was taken: one thread is too many now
            return
        del self._running[job]
        self._free += 1
        try:
            job.resume(value, error)
        finally:
            self._next()

    def _next(self) -> None:
        while self._free and self._waiting:
            self._begin(self._waiting.popleft())

    def _look(self) -> None:
        """Give up what is overdue; come back for what may be next."""
        self._timer = None
        now = self._loop.time()
        overdue = [job for job in self._running if job.deadline <= now]
        for job in overdue:
            self._give_up(job)
        first = next(iter(self._running), None)
        if first is not None and self._timer is None:
            self._timer = self._loop.call_at(first.deadline, self._look)

    def _give_up(self, job: _Job) -> None:
        del self._running[job]
        self._lost += 1
        if self._lost == self._max_lost:
            self._hung()
        self._start_thread()
        self._free += 1
        try:
            job.resume(None, NoReturn("a call into the JTAPI library did not return in time"))
        finally:
            self._next()

    def _start_thread(self) -> None:
        threading.Thread(target=self._work, name="jtapi worker", daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            value, error = None, None
            try:
                value = job.call()
            except Exception as raised:  # noqa: BLE001 - whoever asked is told
                error = raised
            try:
                self._loop.call_soon_threadsafe(self._ended, job, value, error)
            except RuntimeError:
                return  # the loop is closed, nobody is left to be told
            del job, value, error  # nothing is kept alive while the thread waits


class Watch:
    """Asks the library a small question every `interval` seconds, in a thread of its own.

    `hung` is called on the loop once when one was not answered within `hang_after` seconds; an exception is
    an answer.
    """

    def __init__(
        self, ask: Callable[[], object], hang_after: float, hung: Callable[[], None], interval: float = 1.0
    ) -> None:
        self._ask = ask
        self._hang_after = hang_after
        self._hung = hung
        self._interval = interval
        self._loop = asyncio.get_running_loop()
        self._over = threading.Event()
        self._asked_at: float | None = None
        self._timer = self._loop.call_later(interval, self._look)
        threading.Thread(target=self._watch, name="jtapi watch", daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        self._timer.cancel()

    def _look(self) -> None:
        asked_at = self._asked_at
        if asked_at is not None and self._loop.time() - asked_at > self._hang_after:
            self.stop()
            self._hung()
            return
        self._timer = self._loop.call_later(self._interval, self._look)

    def _watch(self) -> None:
        while not self._over.wait(self._interval):
            self._asked_at = self._loop.time()
            with suppress(Exception):  # it has answered, and that is all that counts
                self._ask()
            self._asked_at = None
