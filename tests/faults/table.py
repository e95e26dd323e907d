"""What a row of the fault matrix promises and what was measured, and the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "reliability.md"
_BEGIN, _END = "<!-- rows: begin -->\n", "<!-- rows: end -->\n"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a row is played. `interval` is the heartbeat's in seconds."""

    sessions: int
    ctimanagers: int
    calls_per_second: float
    interval: float
    full: bool


FULL = Scale(sessions=2000, ctimanagers=8, calls_per_second=40.0, interval=5.0, full=True)
SMALL = Scale(sessions=48, ctimanagers=3, calls_per_second=20.0, interval=0.5, full=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; `timed` ones depend on how fast the machine is."""

    text: str
    kept: bool
    timed: bool = False


class NotRun(Exception):
    """The row cannot be played here; the text says why."""


Play = Callable[[Scale], Awaitable[list[Measure]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix."""

    name: str
    fault: str
    promise: str
    play: Play


def seconds(what: str, measured: float | None, limit: float) -> Measure:
    """Something that has to happen within a time."""
    if measured is None:
        return Measure(f"{what} never", kept=False)
    return Measure(f"{what} {measured:.2f} s", measured <= limit, timed=True)


def none_of(what: str, found: Sequence[object]) -> Measure:
    """Something that must not happen at all; the first one is shown."""
    example = f" (first: {str(found[0])[:160]})" if found else ""
    return Measure(f"{len(found)} {what}{example}", not found)


def line(row: Row, measures: Sequence[Measure]) -> str:
    """The row of the page."""
    passed = "yes" if all(one.kept for one in measures) else "**no**"
    return _cells(row, "; ".join(one.text for one in measures), passed)


def line_not_run(row: Row, reason: str) -> str:
    """The row of the page where nothing was measured."""
    return _cells(row, reason, "not run")


def _cells(row: Row, measured: str, passed: str) -> str:
    cells = (f"`{row.name}`: {row.fault}", row.promise, measured, passed)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def update(lines: Sequence[str], order: Sequence[str]) -> None:
    """Put lines into the page, in the order of the matrix; those that were not played stay as they are."""
    page = PAGE.read_text()
    head, _, rest = page.partition(_BEGIN)
    old, _, tail = rest.partition(_END)
    known = {_name(one): one for one in (*old.splitlines(keepends=True), *lines)}
    rows = "".join(known[name] for name in order if name in known)
    table = f"| fault | promise | measured | kept |\n|---|---|---|---|\n{rows}"
    PAGE.write_text(f"{head}{_BEGIN}{table}{_END}{tail}")


def _name(row: str) -> str:
    found = re.match(r"\| `([^`]+)`", row)
    return found.group(1) if found else ""
