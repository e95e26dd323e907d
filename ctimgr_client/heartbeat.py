"""When to ask a CTIManager for a sign of life, and when to give it up. Times are numbers that come in.

The application session is asked to last two intervals (whole seconds, at least one) and its timer is reset
every half of what was granted, busy or idle. A shorter grant is therefore reset more often than once per
interval. A longer one is not reset less often: the link is dead when nothing at all was received for two
intervals, and without a question there might be nothing to receive. A link without a session is asked for its
system status once per interval, for the same reason.
"""

from math import ceil, inf


class Heartbeat:
    """Both directions of one link: our questions, and anything at all from the far side."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._period = interval
        self._heard_at = -inf
        self._next = inf
        self.duration = max(1, ceil(2 * interval))

    def start(self, now: float) -> None:
        """The link is open from now on."""
        self._next = now + self._period

    def heard(self, now: float) -> None:
        """Anything was received."""
        self._heard_at = now

    def granted(self, duration: int, now: float) -> None:
        """The session's duration as granted, or granted anew; a duration of nothing is read as no limit."""
        self._period = min(self._interval, duration / 2) if duration > 0 else self._interval
        self._next = min(self._next, now + self._period)

    def is_silent(self, now: float) -> bool:
        """Two intervals without a single byte."""
        return now >= self._heard_at + 2 * self._interval

    def is_due(self, now: float) -> bool:
        """Whether to ask now; if so the next question is one period away."""
        if now < self._next:
            return False
        self._next = now + self._period
        return True

    def deadline(self) -> float:
        """When one of the two is so at the latest."""
        return min(self._heard_at + 2 * self._interval, self._next)
