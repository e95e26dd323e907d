"""Calls that run while a row breaks something: each is checked from its first event to its last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from .load import Desk, call_in

#: What a caller sees of a call to a number that answers at once, and hangs up.
WHOLE_CALL = (
    "ServiceInitiatedEvent",
    "OriginatedEvent",
    "DeliveredEvent",
    "EstablishedEvent",
    "ConnectionClearedEvent",
    "ConnectionClearedEvent",
)
ANSWERS = "1901"
_PATIENCE = 20.0


@dataclass(eq=False)
class Watching:
    """The events of one desk, by call."""

    calls: dict[str, list[str]] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    others: list[str] = field(default_factory=list)

    def take(self, _desk: Desk, name: str, body: bytes) -> None:
        call = call_in(body)
        if call:
            self.calls.setdefault(call, []).append(name)
        else:
            self.others.append(name)
        self.news.set()

    async def events(self, call: str, many: int) -> bool:
        """Wait until a call has had so many."""
        end = time.monotonic() + _PATIENCE
        while len(self.calls.get(call, ())) < many:
            self.news.clear()
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + end - time.monotonic()):
                    await self.news.wait()
            except TimeoutError:
                return False
        return True


@dataclass(eq=False)
class Traffic:
    """Calls at a rate, by desks in turn. `failures` are (desk, what); `took` is (desk, when, seconds)."""

    desks: Sequence[Desk]
    per_second: float
    placed: int = 0
    whole: int = 0
    failures: list[tuple[Desk, str]] = field(default_factory=list)
    took: list[tuple[Desk, float, float]] = field(default_factory=list)
    _watching: dict[Desk, Watching] = field(default_factory=dict)
    _calls: set[asyncio.Task[None]] = field(default_factory=set)
    _pace: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        for desk in self.desks:
            self.watch(desk)

    def watch(self, desk: Desk) -> Watching:
        watching = self._watching[desk] = Watching()
        desk.on_event = watching.take
        return watching

    def start(self) -> None:
        self._pace = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """No more calls; those under way go to their end."""
        if self._pace is not None:
            self._pace.cancel()
            await asyncio.gather(self._pace, return_exceptions=True)
        await asyncio.gather(*self._calls)

    async def _run(self) -> None:
        begun, turn, busy = time.monotonic(), 0, set[Desk]()
        while True:
            due = int((time.monotonic() - begun) * self.per_second)
            for _ in range(min(due - self.placed, len(self.desks))):
                desk = self.desks[turn % len(self.desks)]
                turn += 1
                if desk.open and desk.reference and desk not in busy:
                    busy.add(desk)
                    task = asyncio.create_task(self._one(desk, busy))
                    self._calls.add(task)
                    task.add_done_callback(self._calls.discard)
                self.placed += 1
            await asyncio.sleep(1 / self.per_second)

    async def _one(self, desk: Desk, busy: set[Desk]) -> None:
        session = desk.call_id
        try:
            trouble = await self.call(desk)
        finally:
            busy.discard(desk)
        if trouble and desk.open and desk.call_id == session:
            self.failures.append((desk, trouble))
        elif trouble:
            self.failures.append((desk, f"session over: {trouble}"))
        else:
            self.whole += 1

    async def call(self, desk: Desk) -> str:
        """One call; what was wrong with it, or nothing."""
        watching = self._watching[desk]
        made = await desk.make_call(ANSWERS)
        self.took.append((desk, time.monotonic(), made.took))
        if not made.served:
            return f"MakeCall: {made.text}"
        call = call_in(made.body)
        if not await watching.events(call, 4):
            return f"events of {call}: {watching.calls.get(call)}"
        cleared = await desk.clear(call)
        self.took.append((desk, time.monotonic(), cleared.took))
        if not cleared.served:
            return f"ClearConnection: {cleared.text}"
        await watching.events(call, len(WHOLE_CALL))
        seen = tuple(watching.calls.pop(call, ()))
        return "" if seen == WHOLE_CALL else f"events of {call}: {seen}"

    def whole_elsewhere(self, spared: set[Desk]) -> list[str]:
        """What went wrong in sessions that nothing was to happen to."""
        return [f"{desk.line} {what}" for desk, what in self.failures if desk in spared]


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[98] if len(values) > 1 else max(values, default=0.0)
