"""Which of many like log lines are written: a few of each kind in a while, and how many were left out.

Pure: the time comes in.
"""

from __future__ import annotations


class Repeats:
    """At most `lines` of one kind in `window` seconds. Kinds are labels of ours, so the table is small."""

    def __init__(self, lines: int = 20, window: float = 10.0) -> None:
        self._lines = lines
        self._window = window
        self._kinds: dict[str, tuple[float, int]] = {}

    def note(self, kind: str, now: float) -> int | None:
        """How many lines of this kind were left out before this one; None: leave this one out too."""
        since, count = self._kinds.get(kind, (now, 0))
        if now - since >= self._window:
            left_out = max(0, count - self._lines)
            self._kinds[kind] = (now, 1)
            return left_out
        self._kinds[kind] = (since, count + 1)
        return 0 if count < self._lines else None
