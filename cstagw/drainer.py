"""Runs a `Drain`: asks it ten times a second what has fallen due, and does it to the gateway.

Knows no clock and no event loop of its own: `clock` and `later(seconds, action)` are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Protocol

from .config import Drain as Times
from .drain import Drain, Phase, Step
from .log import get_logger

TICK = 0.1

_LOG = get_logger("cstagw.node")


class Sessions(Protocol):
    """What a drain needs of the gateway."""

    @property
    def sessions(self) -> Sized:
        """Those that are open."""

    def refuse(self) -> None:
        """Take no more sessions; those there are go on."""

    def admit(self) -> None:
        """Take sessions again."""

    def close(self) -> None:
        """Take no more sessions and end those there are."""


class Drainer:
    """`times` are those in force when a drain begins; `used` tells whether any client has ever come; `leave`
    ends the process.
    """

    def __init__(
        self,
        gateway: Sessions,
        *,
        times: Callable[[], Times],
        used: Callable[[], bool],
        leave: Callable[[], None],
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._gateway = gateway
        self._times = times
        self._used = used
        self._leave = leave
        self._clock = clock
        self._later = later
        self._drain = Drain()
        self._ticking = False

    @property
    def draining(self) -> bool:
        """Whether new sessions are to go elsewhere."""
        return self._drain.phase is not Phase.SERVING

    @property
    def leaving(self) -> bool:
        """Whether the process ends when the drain does."""
        return self._drain.leaving

    def begin(self, *, leave: bool = False) -> None:
        """Drain. Nobody needs a notice of a node that no client has ever come to."""
        times, before = self._times(), self._drain.phase
        self._drain.begin(self._clock(), times.notice if self._used() else 0.0, times.deadline, leave=leave)
        self._tell(before)
        self._observe()

    def take_back(self) -> bool:
        """Serve again; False where it is too late."""
        before = self._drain.phase
        if not self._drain.take_back():
            return False
        self._gateway.admit()
        self._tell(before)
        return True

    def status(self) -> dict[str, object]:
        """One JSON object: the phase and the times left."""
        notice, deadline = self._drain.times_left(self._clock())
        return {
            "phase": self._drain.phase,
            "leaving": self._drain.leaving,
            "sessions": len(self._gateway.sessions),
            "notice_seconds_left": round(notice, 3),
            "deadline_seconds_left": round(deadline, 3),
        }

    def _observe(self) -> None:
        before = self._drain.phase
        for step in self._drain.observe(self._clock(), len(self._gateway.sessions)):
            if step is Step.REFUSE:
                self._gateway.refuse()
            elif step is Step.END:
                self._gateway.close()
            else:
                self._leave()
        self._tell(before)
        if not self._ticking and self._drain.phase not in {Phase.SERVING, Phase.DRAINED}:
            self._ticking = True
            self._later(TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        self._observe()

    def _tell(self, before: Phase) -> None:
        phase = self._drain.phase
        if phase is not before:
            sessions = len(self._gateway.sessions)
            _LOG.info("node.drain", phase=phase, leaving=self._drain.leaving, sessions=sessions)
