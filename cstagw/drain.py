"""Draining: how a node leaves without hurting those it serves.

Not ready at once; for a notice sessions are still accepted, because balancers need that long to look away;
then new ones are refused; at the deadline those that are left are ended. Pure: the time and the number of
sessions come in, steps go out; `drainer` does them.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class Phase(StrEnum):
    """As status and log name it."""

    SERVING = "serving"
    NOTICE = "notice"
    REFUSING = "refusing"
    ENDING = "ending"
    DRAINED = "drained"


class Step(Enum):
    """What is to be done now."""

    REFUSE = "take no more sessions"
    END = "end every session"
    LEAVE = "end the process"


class Drain:
    """`leaving`: the process is to end as well."""

    def __init__(self) -> None:
        self.phase = Phase.SERVING
        self.leaving = False
        self._notice_end = 0.0
        self._deadline = 0.0

    def begin(self, now: float, notice: float, deadline: float, *, leave: bool) -> None:
        """Drain; both times are seconds from now. One that drains already goes on as it was begun, and can
        only come to leave as well.
        """
        self.leaving = self.leaving or leave
        if self.phase is Phase.SERVING:
            self.phase = Phase.NOTICE
            self._notice_end = now + notice
            self._deadline = now + deadline

    def take_back(self) -> bool:
        """Serve again. False where it is too late: sessions are being ended, or the process is going."""
        if self.phase is Phase.ENDING or (self.leaving and self.phase is Phase.DRAINED):
            return False
        self.phase = Phase.SERVING
        self.leaving = False
        return True

    def observe(self, now: float, sessions: int) -> list[Step]:
        """What has fallen due. LEAVE comes again until it is done."""
        steps = []
        if self.phase is Phase.NOTICE and now >= self._notice_end:
            self.phase = Phase.REFUSING
            steps.append(Step.REFUSE)
        if self.phase is Phase.REFUSING and sessions and now >= self._deadline:
            self.phase = Phase.ENDING
            steps.append(Step.END)
        elif self.phase in {Phase.REFUSING, Phase.ENDING} and not sessions:
            self.phase = Phase.DRAINED
        if self.leaving and self.phase in {Phase.ENDING, Phase.DRAINED}:
            steps.append(Step.LEAVE)
        return steps

    def times_left(self, now: float) -> tuple[float, float]:
        """Seconds until the notice is over and until the deadline, 0 where it has passed or does not come."""
        notice = self._notice_end - now if self.phase is Phase.NOTICE else 0.0
        deadline = self._deadline - now if self.phase in {Phase.NOTICE, Phase.REFUSING} else 0.0
        return max(0.0, notice), max(0.0, deadline)
