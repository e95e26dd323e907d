"""The lines that CTIManagers refused of late: what an administrator of CUCM can do something about.

Kept by CTIManager and line appearance for an hour, or until it lets us have the line. Pure; bounded: of one
CTIManager the line that was refused longest ago is forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from csta_xml import CSTAErrorCode

from .errors import not_in_domain
from .identity import LineAppearance
from .log import get_logger

#: Lines remembered of one CTIManager.
MAX_LINES = 20
#: Seconds.
REMEMBERED = 3600.0

_LOG = get_logger("cstagw.cti")


@dataclass(frozen=True, slots=True)
class _Refused:
    """`at` is monotonic seconds."""

    at: float
    line: str
    cause: str
    cure: str


class RefusedLines:
    """`clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._of: dict[str, OrderedDict[tuple[str, str, str], _Refused]] = {}

    def refused(self, cti: str, appearance: LineAppearance, error: CSTAErrorCode) -> None:
        """A CTIManager did not give us a line; the first time in an hour it is a line of the log."""
        line = str(appearance)
        domain = not_in_domain(error, line)
        if domain is None:
            return
        lines, now = self._lines(cti), self._clock()
        known = lines.pop(appearance.key, None)
        lines[appearance.key] = _Refused(now, line, domain.cause, domain.cure)
        if len(lines) > MAX_LINES:
            lines.popitem(last=False)
        if known is None:
            _LOG.warning("cti.line_refused", cti=cti, line=line, cause=domain.cause, cure=domain.cure)

    def given(self, cti: str, appearance: LineAppearance) -> None:
        """It has it now."""
        lines = self._of.get(cti)
        if lines is not None:
            lines.pop(appearance.key, None)

    def report(self, cti: str) -> list[dict[str, object]]:
        """As JSON, the newest first."""
        now = self._clock()
        return [
            {
                "seconds_ago": round(now - one.at, 3),
                "line": one.line,
                "cause": one.cause,
                "cure": one.cure,
            }
            for one in reversed(self._lines(cti).values())
        ]

    def _lines(self, cti: str) -> OrderedDict[tuple[str, str, str], _Refused]:
        """Those of a CTIManager that are not forgotten; other CTIManagers may be configured by now."""
        oldest = self._clock() - REMEMBERED
        for name, lines in list(self._of.items()):
            while lines and next(iter(lines.values())).at < oldest:
                lines.popitem(last=False)
            if not lines:
                del self._of[name]
        return self._of.setdefault(cti, OrderedDict())
