"""Benchmarks, beside the rooms: each measures something of the product and writes its part of
docs/performance.md. Here is what they share: a made-up site, instruments, the page; not what is measured.
"""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any, TypeVar

from cstagw.selection import Choice, Choices

T = TypeVar("T")

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

#: Seconds between two ticks of what watches the loop, and for what a step leaves behind to be over.
TICK, SETTLE = 0.001, 0.02


# --- the site: of four users the last has two phones, a desk phone and a softphone --------------------------


def site(size: int) -> Iterator[tuple[str, ...]]:
    """So many rows of a directory, a multiple of 5, in the order of `cstagw.directory.COLUMNS`."""
    for person in range(size // 5 * 4):
        common = (f"sip:{user_of(person)}", dn_of(person), "Internal_PT")
        yield (*common, f"SEP{person:012X}", "Cisco 8851", "true", "")
        if person % 4 == 3:
            yield (*common, softphone_of(person), "Cisco IP Communicator", "true", "")


def choices(size: int) -> Choices:
    """Every second user with two phones has chosen the softphone."""
    made, chosen = Choices(), range(7, size // 5 * 4, 8)
    made.apply(Choice(user_of(one), dn_of(one), softphone_of(one), "Internal_PT") for one in chosen)
    return made


def user_of(person: int) -> str:
    """As `user_key` makes him."""
    return f"user{person:06}@example.com"


def dn_of(person: int) -> str:
    """His only directory number."""
    return f"+1425{person:07}"


def softphone_of(person: int) -> str:
    """Its device name, where he has one."""
    return f"CIPC{person:06}"


# --- time ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Step:
    """Seconds that something took, and seconds that the loop was late at most; one of each for each run."""

    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


async def timed(step: Step, work: Awaitable[T]) -> T:
    """Records how long it takes, and how late the loop is meanwhile."""
    async with watched(step):
        begun = time.perf_counter()
        result = await work
        step.seconds.append(time.perf_counter() - begun)
    return result


@asynccontextmanager
async def watched(step: Step) -> AsyncIterator[None]:
    """Records how late the running loop is at most."""
    late = 0.0

    async def tick() -> None:
        nonlocal late
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK)
            late = max(late, time.perf_counter() - begun - TICK)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(SETTLE)
    late = 0.0
    yield
    await asyncio.sleep(SETTLE)
    ticking.cancel()
    step.late.append(late)


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """How much longer the other takes, round by round: what slows down a round slows down both."""
    return median(b / a for a, b in zip(one, other, strict=True))


def instructions(call: Callable[[], object]) -> int:
    """How many bytecode instructions the interpreter executes for a call; what is written in C counts as the
    one instruction that calls it."""
    executed = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal executed
        frame.f_trace_opcodes = True
        executed += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return executed


# --- memory -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of what was made and how many of its objects the garbage collector looks at; bytes by which the
    process has grown with the first, when a second has taken its place, and at most meanwhile."""

    made: int
    tracked: int
    first: int
    second: int
    most: int


def memory(make: Callable[[Path], object], small: Path, file: Path) -> Memory:
    """Of making something from a file, in a process of its own; a small one goes before, so that only what is
    in the file counts. `make` is a function of a module."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_memory, make, small, file).result()


def _memory(make: Callable[[Path], object], small: Path, file: Path) -> Memory:
    make(small)
    gc.collect()
    before = _resident("VmRSS")
    made = make(file)
    gc.collect()
    first = _resident("VmRSS")
    made = make(file)
    gc.collect()
    second, most = _resident("VmRSS"), _resident("VmHWM")
    size, tracked = _weighed(made)
    return Memory(size, tracked, first - before, second - before, most - before)


def _resident(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{name}:")[2].split(maxsplit=1)[0]) * 1024  # it says kB and means KiB


def _weighed(whole: object) -> tuple[int, int]:
    """Bytes and tracked objects of all that can be reached, classes left out."""
    size = tracked = 0
    seen, found = {id(whole)}, [whole]
    while found:
        one = found.pop()
        size += sys.getsizeof(one)
        tracked += gc.is_tracked(one)
        for part in gc.get_referents(one):
            if id(part) not in seen and not isinstance(part, type):
                seen.add(id(part))
                found.append(part)
    return size, tracked


# --- the page -----------------------------------------------------------------------------------------------


def machine() -> str:
    """What absolute figures depend on, as far as a program can say it."""
    cores = len(os.sched_getaffinity(0))
    return f"{platform.python_implementation()} {platform.python_version()}, {cores} cores"


def table(title: str, head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """In Markdown below its title, padded so that it can be read as it stands. `rows` by their names, `head`
    with what the names are first."""
    lines = [head, *([name, *cells] for name, cells in rows.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return f"{title}\n\n{''.join(_row(cells, widths) for cells in lines)}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join([cells[0].ljust(widths[0]), *figures])} |\n"


def write(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of that name in a page. Raises ValueError where they are missing."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    head, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page.name} has no place for {name}: put {begin.strip()} and {end.strip()} there")
    page.write_text(f"{head}{begin}{text}{end}{tail}", encoding="utf-8")
