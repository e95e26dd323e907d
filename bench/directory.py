"""What the directory costs by its size: loading it, holding it, looking into it. `python -m bench.directory`.

Loads a made-up site the way the gateway does, looks into it the way a sign-in does, prints tables and puts
them into docs/performance.md. Uses public names only; what the figures mean is said on the page.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import structlog

from cstagw.directory import COLUMNS, Directory, Entry, Row, Source, Table, read_rows
from cstagw.directory.csv_file import CsvDirectory
from cstagw.directory.last_good import LastGood
from cstagw.directory.refreshing import Refreshing
from cstagw.directory.sqlite_file import DEFAULT_QUERY, SqliteDirectory
from cstagw.errors import GatewayError, NotAuthorized, UnknownLine
from cstagw.identity import LineUri
from cstagw.lines import Lines, Rule

from . import (
    PAGE,
    SETTLE,
    Memory,
    Step,
    choices,
    dn_of,
    instructions,
    machine,
    memory,
    ratio,
    site,
    softphone_of,
    table,
    timed,
    user_of,
    watched,
    write,
)

#: In entries, multiples of 10, ascending.
SIZES = (1_000, 10_000, 50_000, 200_000)
#: Each round asks every size for every kind of lookup, this many of a kind.
ROUNDS, SAMPLE = 61, 40
#: How often everything is loaded at most.
RUNS = 3

#: The step in which nothing is loaded.
NOTHING = "nothing, for comparison"

#: Lines are looked up so far apart that neighbours in time are none in memory. A prime.
_STRIDE = 7919

#: Seconds that a load may take.
_LONGEST = 120.0

T = TypeVar("T")


# --- what is looked up --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of lookup: which member of a group of eight users asks, for what Line URI, and which rule or
    refusal comes of it."""

    name: str
    outcome: Rule | type[GatewayError]
    member: int
    line: Callable[[int], str]

    def ask(self, group: int) -> tuple[str, LineUri]:
        """What `Lines.candidates` is given."""
        person = 8 * group + self.member
        return user_of(person), LineUri.parse(self.line(person))


def _own(person: int) -> str:
    return f"tel:{dn_of(person)}"


KINDS = (
    Kind("the only device", Rule.ONLY, 0, _own),
    Kind("shared line of two devices", Rule.COMMUNICATOR, 3, _own),
    Kind(
        "device named by the Line URI", Rule.NAMED, 3, lambda one: f"{_own(one)};device={softphone_of(one)}"
    ),
    Kind("device chosen by the user", Rule.CHOSEN, 7, _own),
    Kind("unknown line", UnknownLine, 0, lambda one: f"tel:+1206{one:07}"),
    Kind("somebody else's line", NotAuthorized, 0, lambda one: _own(one + 1)),
)


# --- loading ------------------------------------------------------------------------------------------------


def write_site(size: int, folder: Path) -> None:
    """As CSV and as SQLite file."""
    with (folder / f"{size}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *site(size)])
    columns = "user_uri, dn, partition, device, model, enabled, line_uri"
    with closing(sqlite3.connect(folder / f"{size}.db")) as connection, connection:
        connection.execute(f"CREATE TABLE line_appearances ({columns}, UNIQUE (user_uri, dn, device))")
        connection.executemany("INSERT INTO line_appearances VALUES (?, ?, ?, ?, ?, ?, ?)", site(size))


async def load(size: int, folder: Path, runs: int) -> dict[str, Step]:
    """Every part by itself, then all of it as the gateway does it."""
    text, database, copy = folder / f"{size}.csv", folder / f"{size}.db", LastGood(folder / "copy")
    steps: dict[str, Step] = {}

    def step(name: str) -> Step:
        return steps.setdefault(name, Step())

    for _ in range(runs):
        await timed(step(NOTHING), asyncio.sleep(0.1))
        await _rows(step("rows read from SQLite"), SqliteDirectory(database, DEFAULT_QUERY, 60.0))
        rows = await _rows(step("rows read from CSV"), CsvDirectory(text))
        entries = await timed(step("entries read"), asyncio.to_thread(read_rows, rows))
        del rows
        await timed(step("table built"), asyncio.to_thread(Table, entries))
        await timed(step("last good copy written"), asyncio.to_thread(copy.save, entries, 0.0, "bench"))
        del entries
        await timed(step("last good copy read"), asyncio.to_thread(copy.read, "bench"))
        await _refreshed(text, folder, step("first load, all of it"), step("load after a change, all of it"))
    return steps


async def _rows(step: Step, source: Source) -> Sequence[Row]:
    rows = await timed(step, source.load())
    await source.close()
    return rows


class _Copy(LastGood):
    """Says when it has been written, which is the last thing that a load does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._loop = asyncio.get_running_loop()
        self.written = asyncio.Event()

    def save(self, entries: Iterable[Entry], loaded_at: float, source_name: str) -> None:
        super().save(entries, loaded_at, source_name)
        self._loop.call_soon_threadsafe(self.written.set)


async def _refreshed(text: Path, folder: Path, first: Step, again: Step) -> None:
    """What `Refreshing` makes of a file, then of the same with one more row; the seconds are those until the
    table is in force."""
    with TemporaryDirectory(dir=folder) as name:
        path, copy, in_force = Path(name, "site.csv"), _Copy(Path(name, "copy")), asyncio.Event()
        copyfile(text, path)
        source = CsvDirectory(path, poll=SETTLE)
        directory = Directory(source.kind, source.name)
        refreshing = Refreshing(source, directory, copy, changed=in_force.set, wall_clock=time.time)

        async def until_written(step: Step, begin: Callable[[], T]) -> T:
            async with asyncio.timeout(_LONGEST), watched(step):
                begun = time.perf_counter()
                result = begin()
                await in_force.wait()
                step.seconds.append(time.perf_counter() - begun)
                await copy.written.wait()
            in_force.clear()
            copy.written.clear()
            return result

        running = await until_written(first, lambda: asyncio.create_task(refreshing.run()))
        await until_written(again, lambda: _add_a_row(path))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _add_a_row(path: Path) -> None:
    with path.open("a") as file:
        file.write("sip:new@example.com,1999\n")


# --- holding ------------------------------------------------------------------------------------------------


def table_of(file: Path) -> Table:
    """From CSV, for the process that measures memory."""

    async def loaded() -> Table:
        source = CsvDirectory(file)
        rows = await source.load()
        await source.close()
        return await asyncio.to_thread(Table, await asyncio.to_thread(read_rows, rows))

    return asyncio.run(loaded())


# --- looking into it ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Lookup:
    """Bytecode instructions, and nanoseconds in each round: for the same lines every time, for others."""

    instructions: int = 0
    same: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)


def look_up(sizes: Sequence[int], rounds: int) -> dict[int, dict[str, Lookup]]:
    """Every kind at every size, in turn, so that whatever else the machine does hits all alike."""
    lines = {size: _lines(size) for size in sizes}
    lookups = {size: {kind.name: Lookup() for kind in KINDS} for size in sizes}
    for kind in KINDS:
        for size in sizes:
            look = partial(_outcome, lines[size], *kind.ask(0))
            assert look() is kind.outcome, kind.name  # noqa: S101 - or something else would be measured
            lookups[size][kind.name].instructions = instructions(look)
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            # Another sample for every kind: what one has looked up would be at hand for the next.
            for sample, kind in enumerate(KINDS, 1 + number * len(KINDS)):
                for size in sizes:
                    same, others = _asked(kind, size, 0), _asked(kind, size, sample)
                    lookup = lookups[size][kind.name]
                    lookup.same.append(_nanoseconds(lines[size], same, known=True))
                    lookup.others.append(_nanoseconds(lines[size], others, known=False))
    finally:
        gc.enable()
    return lookups


def _lines(size: int) -> Lines:
    rows = (Row(f"line {number}", *values) for number, values in enumerate(site(size), 2))
    return Lines(Directory("csv", "csv:site.csv", Table(read_rows(rows))), choices(size))


def _asked(kind: Kind, size: int, sample: int) -> list[tuple[str, LineUri]]:
    numbers = range(sample * SAMPLE, (sample + 1) * SAMPLE)
    return [kind.ask(number * _STRIDE % (size // 10)) for number in numbers]


def _outcome(lines: Lines, user: str, line: LineUri) -> Rule | type[GatewayError]:
    try:
        return lines.candidates(user, line).rule
    except GatewayError as error:
        return type(error)


def _nanoseconds(lines: Lines, asked: Sequence[tuple[str, LineUri]], *, known: bool) -> float:
    """For one lookup. What the rules for numbers make of these is kept beforehand, so that only the directory
    is measured; `known` lines have been looked up a moment ago."""
    for user, line in asked:
        lines.dialled(line.number, line.extension)
        if known:
            _outcome(lines, user, line)
    begun = time.perf_counter_ns()
    for user, line in asked:
        try:
            lines.candidates(user, line)
        except GatewayError:
            continue
    return (time.perf_counter_ns() - begun) / len(asked)


# --- all of it, and what is shown ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """By size; steps and lookups by name as well."""

    steps: dict[int, dict[str, Step]]
    memory: dict[int, Memory]
    lookups: dict[int, dict[str, Lookup]]


def measure(sizes: Sequence[int] = SIZES, rounds: int = ROUNDS, runs: int = RUNS) -> Measured:
    """Takes files in a temporary folder, and a process for each size. Large directories are loaded in fewer
    runs, at least in one."""
    steps, held = {}, {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            write_site(size, folder)
            steps[size] = asyncio.run(load(size, folder, max(1, min(runs, 100_000 // size))))
            held[size] = memory(table_of, folder / f"{sizes[0]}.csv", folder / f"{size}.csv")
    return Measured(steps, held, look_up(sizes, rounds))


def shown(measured: Measured) -> str:
    """What may be compared with other machines first."""
    return "\n".join(
        (*_of_any_machine(measured), f"Absolute figures, of {machine()}.\n", *_of_this_machine(measured))
    )


def _of_any_machine(measured: Measured) -> Iterator[str]:
    lookups, held = measured.lookups, measured.memory.items()
    first, *others = lookups.values()
    head = _head(lookups)
    yield table(
        "Bytecode instructions that one lookup executes:",
        head,
        {name: [f"{of[name].instructions}" for of in lookups.values()] for name in first},
    )
    yield table(
        "Time of a lookup, among the fewest entries = 1; the same lines again / other lines every time:",
        [head[0], *head[2:]],
        {name: [_ratios(first[name], of[name]) for of in others] for name in first},
    )
    yield table(
        "What the table holds for each entry:",
        head,
        {
            "bytes": [f"{one.made / size:.0f}" for size, one in held],
            "objects for the garbage collector": [f"{one.tracked / size:.1f}" for size, one in held],
        },
    )


def _of_this_machine(measured: Measured) -> Iterator[str]:
    lookups, held, steps = measured.lookups, measured.memory.values(), measured.steps.values()
    head, kinds, names = _head(lookups), next(iter(lookups.values())), next(iter(steps))
    yield table(
        "Nanoseconds of a lookup, median; the same lines again / other lines every time:",
        head,
        {name: [_pair(of[name]) for of in lookups.values()] for name in kinds},
    )
    yield table(
        "Milliseconds of a load, median:",
        head,
        {name: [_ms(median(of[name].seconds)) for of in steps] for name in names if name != NOTHING},
    )
    yield table(
        "Milliseconds that the event loop is late at most meanwhile:",
        head,
        {name: [_ms(max(of[name].late)) for of in steps] for name in names},
    )
    growth = {
        "one table": [one.first for one in held],
        "a second has taken its place": [one.second for one in held],
        "at most, while the second is loaded": [one.most for one in held],
    }
    yield table(
        "MiB by which the process grows:",
        head,
        {name: [f"{size / 2**20:.1f}" for size in sizes] for name, sizes in growth.items()},
    )


def _head(sizes: Iterable[int]) -> list[str]:
    return ["entries", *(f"{size:,}" for size in sizes)]


def _ratios(one: Lookup, other: Lookup) -> str:
    return f"{ratio(one.same, other.same):.2f} / {ratio(one.others, other.others):.2f}"


def _pair(lookup: Lookup) -> str:
    return f"{median(lookup.same):.0f} / {median(lookup.others):.0f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.{1 if seconds < 0.01 else 0}f}"


def main() -> None:
    """Measure, print, and write the page."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gc.freeze()  # as the gateway does once it has started
    text = shown(measure())
    sys.stdout.write(text)
    write(PAGE, "directory", text)


if __name__ == "__main__":
    main()
