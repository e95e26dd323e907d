"""The directory against a source that answers, lets wait, fails, or breaks its word; and over a restart."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from cstagw.directory import Directory, Entry, Row, Source, SourceError, Table, read_rows, refreshing
from cstagw.directory.last_good import LastGood
from cstagw.directory.refreshing import FIRST_PAUSE, LONGEST_PAUSE, Refreshing

pytestmark = pytest.mark.asyncio

NAME = "csv:lines.csv"
ALICE = Row("line 2", "sip:alice@example.com", "1001", device="SEP1")
BOB = Row("line 3", "sip:bob@example.com", "1002", device="SEP2")
WRONG = Row("line 4", "sip:carol@example.com", "10x03")
GONE = SourceError("lines.csv does not exist", "put it there")


class Clock:
    """Seconds that pass when the test says so, and every pause that was asked for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self._due: list[tuple[float, asyncio.Future[None]]] = []

    async def pause(self, seconds: float) -> None:
        over = asyncio.get_running_loop().create_future()
        self.pauses.append(seconds)
        self._due.append((self.now + seconds, over))
        await over

    @property
    def rests(self) -> bool:
        return any(not over.done() for _, over in self._due)

    def go_on(self) -> None:
        """To the end of the pause that is over first, if anybody pauses."""
        pausing = [(at, over) for at, over in self._due if not over.done()]
        if pausing:
            self.now, over = min(pausing, key=lambda one: one[0])
            over.set_result(None)


class Program:
    """A source that does what it is told to. Calls that overlap are a fault of whoever calls."""

    kind = "csv"
    name = NAME

    def __init__(self, *rows: Row) -> None:
        self.rows: Sequence[Row] = rows
        self.error: Exception | None = None
        self.deaf: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.loads = self.closed = 0
        self.waits = False
        self._news = asyncio.Event()
        self._called = False

    def tell(self, *rows: Row, error: Exception | None = None) -> None:
        """Something is different from here on, and who waits is told."""
        self.rows, self.error = rows, error
        self._news.set()

    def lose(self, error: Exception) -> None:
        """Who waits for a change gets this."""
        self.deaf = error
        self._news.set()

    async def load(self) -> Sequence[Row]:
        with self._alone():
            self.loads += 1
            await self.answers.wait()
            if self.error is not None:
                raise self.error
            return self.rows

    async def changed(self) -> None:
        with self._alone():
            self.waits = self.deaf is None
            try:
                if self.deaf is None:
                    await self._news.wait()
                self._news.clear()
            finally:
                self.waits = False
            if self.deaf is not None:
                raise self.deaf

    async def close(self) -> None:
        self.closed += 1

    @contextmanager
    def _alone(self) -> Iterator[None]:
        assert not self._called
        self._called = True
        try:
            yield
        finally:
            self._called = False


@dataclass
class Kept:
    """A directory that is kept up to date, and what is around it. `told` counts that it was another one."""

    source: Program
    copy: LastGood
    directory: Directory = field(default_factory=lambda: Directory("csv", NAME))
    clock: Clock = field(default_factory=Clock)
    told: int = 0
    on_change: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        source: Source = self.source
        self.refreshing = Refreshing(
            source,
            self.directory,
            self.copy,
            changed=self._tell,
            wall_clock=lambda: self.clock.now,
            pause=self.clock.pause,
        )

    def _tell(self) -> None:
        self.told += 1
        self.on_change()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        before = asyncio.all_tasks()
        run = asyncio.create_task(self.refreshing.run())
        try:
            yield
        finally:
            run.cancel()
            await asyncio.wait({run})
        assert run.cancelled()
        assert (self.source.closed, asyncio.all_tasks() - before) == (1, set())

    async def settled(self) -> None:
        """Until all is done that can be done now."""
        for _ in range(20):
            await asyncio.sleep(0)
        await until(lambda: self.source.waits or self.clock.rests)

    async def pass_a_pause(self) -> None:
        self.clock.go_on()
        await self.settled()

    async def start(self) -> None:
        await asyncio.wait_for(self.refreshing.first.wait(), 5)
        await self.settled()

    def lines(self) -> list[str]:
        return [entry.dn for entry in self.directory.table or ()]

    def on_disk(self) -> list[str] | None:
        found = self.copy.read(NAME)
        return None if found is None else [entry.dn for entry in found[0]]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
def copy(tmp_path: Path) -> LastGood:
    return LastGood(tmp_path / "state" / "directory.last-good")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start waits for the source for a moment only."""
    monkeypatch.setattr(refreshing, "FIRST_LOAD", 0.01)


def keep(copy: LastGood, *rows: Row, at: float = 500.0, source: str = NAME) -> None:
    """An earlier run has left a copy."""
    copy.save(read_rows(rows), at, source)


def logged(capsys: pytest.CaptureFixture[str], event: str) -> int:
    return capsys.readouterr().out.count(event)


# The first load


async def test_what_the_source_gives_is_in_force_and_on_the_disk(copy: LastGood) -> None:
    kept = Kept(Program(ALICE, BOB), copy)
    async with kept.running():
        await kept.start()
        assert (kept.lines(), kept.told, kept.on_disk()) == (["1001", "1002"], 1, ["1001", "1002"])
        assert (kept.directory.loaded_at, kept.directory.error) == (1000.0, "")


@pytest.mark.usefixtures("hasty")
async def test_the_last_good_copy_stands_in_for_a_source_that_lets_wait(copy: LastGood) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(ALICE, BOB), copy)
    kept.source.answers.clear()
    async with kept.running():
        await asyncio.wait_for(kept.refreshing.first.wait(), 5)
        directory = kept.directory
        assert (kept.lines(), kept.told, directory.loaded_at) == (["1001"], 1, 500.0)
        assert (directory.error, directory.failures) == (f"{NAME} has not answered yet", 0)
        kept.source.answers.set()
        await kept.settled()
        assert (kept.lines(), kept.told, directory.error) == (["1001", "1002"], 2, "")
        assert (kept.source.loads, kept.on_disk()) == (1, ["1001", "1002"])


@pytest.mark.usefixtures("hasty")
async def test_a_slow_source_that_gives_the_same_changes_nothing(copy: LastGood) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(ALICE), copy)
    kept.source.answers.clear()
    async with kept.running():
        await kept.refreshing.first.wait()
        kept.source.answers.set()
        await kept.settled()
        assert (kept.told, kept.directory.stale, kept.directory.loaded_at) == (1, False, 1000.0)


@pytest.mark.usefixtures("hasty")
async def test_a_slow_source_that_fails_after_all_says_why(copy: LastGood) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(), copy)
    kept.source.answers.clear()
    async with kept.running():
        await kept.refreshing.first.wait()
        kept.source.error = GONE
        kept.source.answers.set()
        await kept.settled()
        assert (kept.lines(), kept.directory.error, kept.directory.failures) == (["1001"], str(GONE), 1)


@pytest.mark.usefixtures("hasty")
async def test_what_the_source_gives_while_the_copy_is_read_counts(
    copy: LastGood, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(BOB), copy)
    kept.source.answers.clear()
    begun, taken = threading.Event(), threading.Event()
    calls: list[str] = []

    def read(source_name: str) -> object:
        begun.set()
        assert taken.wait(5)
        found = LastGood.read(copy, source_name)
        calls.append("read")
        return found

    def save(*given: Any) -> None:
        calls.append("save")
        LastGood.save(copy, *given)

    monkeypatch.setattr(copy, "read", read)
    monkeypatch.setattr(copy, "save", save)
    async with kept.running():
        await until(begun.is_set)
        kept.source.answers.set()
        await until(lambda: kept.directory.table is not None)
        await asyncio.sleep(0.01)  # for a thread that would save
        taken.set()
        await kept.start()
        assert calls == ["read", "save"]
        assert (kept.lines(), kept.told, kept.directory.stale) == (["1002"], 1, False)


@pytest.mark.usefixtures("hasty")
async def test_without_a_copy_a_start_goes_on_with_nobody(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.answers.clear()
    async with kept.running():
        await asyncio.wait_for(kept.refreshing.first.wait(), 5)
        assert (kept.directory.usable, kept.told, kept.directory.summary(0.0)) == (False, 0, "not loaded yet")
        kept.source.answers.set()
        await kept.settled()
        assert (kept.lines(), kept.told) == (["1001"], 1)


async def test_the_copy_stands_in_at_once_for_a_source_that_fails(copy: LastGood) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        directory = kept.directory
        assert (kept.lines(), kept.told, directory.loaded_at) == (["1001"], 1, 500.0)
        assert (directory.error, directory.cure, directory.failures) == (str(GONE), GONE.cure, 1)
        kept.source.tell(ALICE)
        await kept.settled()
        assert (kept.told, directory.stale, directory.loaded_at) == (1, False, 1000.0)


async def test_a_source_that_fails_without_a_copy_is_asked_again(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        assert (kept.directory.usable, kept.directory.error, kept.on_disk()) == (False, str(GONE), None)
        kept.source.error = None
        await kept.pass_a_pause()
        assert (kept.lines(), kept.told, kept.directory.error) == (["1001"], 1, "")


@pytest.mark.parametrize(("source", "damage"), [("csv:other.csv", b""), (NAME, b"{}")])
async def test_a_copy_that_cannot_be_used_is_as_none(
    copy: LastGood, tmp_path: Path, source: str, damage: bytes
) -> None:
    keep(copy, ALICE, source=source)
    with (tmp_path / "state" / "directory.last-good").open("ab") as file:
        file.write(damage)
    kept = Kept(Program(BOB), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        assert (kept.directory.usable, kept.directory.error) == (False, str(GONE))
        kept.source.error = None
        await kept.pass_a_pause()
        assert (kept.lines(), kept.on_disk()) == (["1002"], ["1002"])


async def test_a_copy_that_cannot_be_kept_costs_the_next_start_only(copy: LastGood, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        kept.source.tell(ALICE, BOB)
        await kept.settled()
        assert (kept.lines(), kept.told, kept.directory.stale) == (["1001", "1002"], 2, False)


# Changes


async def test_a_change_is_followed_and_kept_on_disk(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        kept.clock.now += 60
        kept.source.tell(ALICE, BOB)
        await kept.settled()
        assert (kept.lines(), kept.told, kept.directory.loaded_at) == (["1001", "1002"], 2, 1060.0)
        assert kept.on_disk() == ["1001", "1002"]


async def test_the_same_again_is_younger_and_no_change(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        kept.clock.now += 60
        kept.source.tell(ALICE)
        await kept.settled()
        assert (kept.source.loads, kept.told, kept.directory.loaded_at) == (2, 1, 1060.0)
        found = copy.read(NAME)
        assert found is not None
        assert found[1] == 1060.0


@pytest.mark.parametrize(
    ("wrong", "error", "cure"),
    [
        (
            [ALICE, WRONG],
            "line 4: dn '10x03' is not a number that can be dialled",
            "correct what is listed",
        ),
        ([], f"{NAME} has no line appearance at all", "an empty directory would lock everybody out"),
        ([Row("line 2", "sip:al@x")], f"{NAME} has no line appearance at all", "an empty directory would"),
    ],
    ids=["a wrong row", "empty", "users without a line"],
)
async def test_what_cannot_be_used_changes_nothing_and_is_said(
    copy: LastGood, wrong: list[Row], error: str, cure: str
) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        table, directory = kept.directory.table, kept.directory
        for _ in range(2):
            kept.clock.now += 60
            kept.source.tell(*wrong)
            await kept.settled()
        assert (directory.table, kept.told, kept.on_disk()) == (table, 1, ["1001"])
        assert (directory.error, directory.cure.startswith(cure)) == (error, True)
        assert (directory.failing_since, directory.failures) == (1060.0, 2)
        kept.source.tell(ALICE)
        await kept.settled()
        assert (directory.error, directory.cure, directory.failing_since, kept.told) == ("", "", 0.0, 1)
        kept.source.tell(BOB)
        await kept.settled()
        assert (kept.lines(), kept.told) == (["1002"], 2)


async def test_a_failure_is_logged_once_however_long_it_lasts(
    copy: LastGood, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        kept.source.tell(error=GONE)
        await kept.settled()
        for _ in range(5):
            await kept.pass_a_pause()
        assert kept.directory.failures == 6
        assert logged(capsys, "directory.failed") == 1


# Pauses


async def test_pauses_grow_while_the_source_fails_and_have_an_end(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        for _ in range(10):
            await kept.pass_a_pause()
        assert kept.source.loads == 11
    longest = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(11)]
    assert all(most / 2 <= pause <= most for pause, most in zip(kept.clock.pauses, longest, strict=True))


async def test_pauses_begin_anew_after_a_recovery(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        for _ in range(5):
            await kept.pass_a_pause()
        kept.source.error = None
        await kept.pass_a_pause()
        await kept.pass_a_pause()  # all is well, and the source waits for a change
        assert (kept.directory.stale, kept.clock.rests) == (False, False)
        kept.source.tell(error=GONE)
        await kept.settled()
        assert kept.clock.pauses[-1] <= FIRST_PAUSE


async def test_a_source_that_wants_to_be_left_alone_is_whatever_changes(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = SourceError("wrong password", "check it", rest=600.0)
    async with kept.running():
        await kept.start()
        assert kept.clock.pauses == [600.0]
        kept.source.tell(ALICE)
        await kept.settled()
        assert kept.source.loads == 1
        await kept.pass_a_pause()
        assert (kept.source.loads, kept.directory.stale) == (2, False)


async def test_a_change_ends_a_pause(copy: LastGood) -> None:
    kept = Kept(Program(), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        for _ in range(8):
            await kept.pass_a_pause()
        before = kept.clock.now
        kept.source.tell(ALICE)
        await kept.settled()
        assert (kept.lines(), kept.clock.now) == (["1001"], before)


async def test_a_source_that_was_lost_while_waiting_is_asked_at_once(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        await kept.pass_a_pause()
        kept.source.rows = [ALICE, BOB]
        kept.source.answers.clear()
        kept.source.lose(SourceError("the connection was lost", "see the server"))
        await until(lambda: kept.source.loads == 2)
        kept.source.deaf = None
        kept.source.answers.set()
        await kept.settled()
        assert (kept.lines(), kept.directory.stale, kept.directory.failures) == (["1001", "1002"], False, 1)


@pytest.mark.parametrize("error", [SourceError("no notifications", "see the server"), KeyError("x")])
async def test_a_source_that_answers_but_cannot_be_waited_for_is_not_asked_without_end(
    copy: LastGood, error: Exception
) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.deaf = error
    async with kept.running():
        await kept.start()
        for turn in range(1, 10):
            await kept.settled()
            assert kept.source.loads == turn
            await kept.pass_a_pause()
        longest = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(10)]
        assert all(most / 2 <= pause <= most for pause, most in zip(kept.clock.pauses, longest, strict=True))
        assert (kept.lines(), kept.told, kept.directory.stale) == (["1001"], 1, True)
        kept.source.deaf = None
        await kept.pass_a_pause()
        assert not kept.directory.stale


async def test_a_source_that_neither_answers_nor_can_be_waited_for_is_asked_once_a_pause(
    copy: LastGood,
) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error, kept.source.deaf = GONE, SourceError("no notifications", "see the server")
    async with kept.running():
        await kept.start()
        for turn in range(1, 10):
            assert kept.source.loads == turn
            await kept.pass_a_pause()
        assert (kept.directory.error, kept.directory.failures) == (str(GONE), 10)


# Who breaks his word


@pytest.mark.parametrize("error", [KeyError("secret"), TypeError(), RecursionError(), MemoryError()])
async def test_anything_else_that_a_source_raises_is_a_failure(copy: LastGood, error: Exception) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = error
    async with kept.running():
        await kept.start()
        assert kept.directory.error == f"{NAME}: {type(error).__name__}"
        assert kept.directory.cure == "see the log for where it broke"
        kept.source.error = None
        await kept.pass_a_pause()
        assert (kept.lines(), kept.directory.stale) == (["1001"], False)


async def test_something_else_than_rows_is_a_failure(copy: LastGood) -> None:
    kept = Kept(Program(), copy)
    kept.source.rows = cast(Sequence[Row], None)
    async with kept.running():
        await kept.start()
        assert kept.directory.error == f"{NAME}: TypeError"


async def test_a_listener_that_fails_does_not_end_it(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)

    def fail() -> None:
        raise KeyError("session")

    kept.on_change = fail
    async with kept.running():
        await kept.start()
        assert (kept.lines(), kept.directory.stale) == (["1001"], True)
        await kept.pass_a_pause()
        assert (kept.told, kept.directory.stale, kept.on_disk()) == (1, False, ["1001"])


async def test_nobody_waits_for_one_that_has_ended(copy: LastGood) -> None:
    keep(copy, ALICE)
    kept = Kept(Program(), copy)
    kept.source.error = GONE

    def fail() -> None:
        raise KeyError("session")

    kept.on_change = fail
    with pytest.raises(KeyError):
        await kept.refreshing.run()
    assert (kept.refreshing.first.is_set(), kept.source.closed) == (True, 1)


# The end


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("copied", [True, False])
async def test_it_ends_while_the_first_load_goes_on(copy: LastGood, copied: bool) -> None:
    if copied:
        keep(copy, ALICE)
    kept = Kept(Program(BOB), copy)
    kept.source.answers.clear()
    async with kept.running():  # checks what is left at its end
        await kept.refreshing.first.wait()
    assert kept.lines() == (["1001"] if copied else [])


async def test_it_ends_before_anything_has_begun(copy: LastGood) -> None:
    kept = Kept(Program(BOB), copy)
    kept.source.answers.clear()
    async with kept.running():
        await asyncio.sleep(0)


@pytest.mark.parametrize("error", [None, GONE])
@pytest.mark.parametrize("pauses", [0, 1])
async def test_it_ends_while_it_waits(copy: LastGood, error: Exception | None, pauses: int) -> None:
    kept = Kept(Program(ALICE), copy)
    kept.source.error = error
    async with kept.running():
        await kept.start()
        for _ in range(pauses):
            await kept.pass_a_pause()


async def test_it_ends_while_a_later_load_goes_on(copy: LastGood) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        kept.source.answers.clear()
        kept.source.tell(BOB)
        await until(lambda: kept.source.loads == 2)
    assert (kept.lines(), kept.on_disk()) == (["1001"], ["1001"])


# A large directory


class Threads:
    """Where the work was done: a source's rows that are read, tables that are made, copies that are kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, copy: LastGood) -> None:
        self.of: dict[str, set[int]] = {}
        noted = self._note

        class NotedTable(Table):
            def __init__(self, entries: Iterable[Entry] = ()) -> None:
                noted("table")
                super().__init__(entries)

        monkeypatch.setattr(refreshing, "Table", NotedTable)
        for name in ("read", "save"):
            work = getattr(copy, name)
            monkeypatch.setattr(copy, name, lambda *given, n=name, work=work: (noted(n), work(*given))[1])

    def _note(self, what: str) -> None:
        self.of.setdefault(what, set()).add(threading.get_ident())

    def rows(self, count: int) -> Sequence[Row]:
        noted = self._note

        class Rows(list[Row]):
            def __iter__(self) -> Iterator[Row]:
                noted("rows")
                return super().__iter__()

        return Rows(Row(f"line {n}", f"u{n}@example.com", f"{n}", device=f"SEP{n}") for n in range(count))


async def test_the_loop_goes_on_while_a_large_directory_is_taken(
    copy: LastGood, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(copy, ALICE)
    threads = Threads(monkeypatch, copy)
    kept = Kept(Program(), copy)
    kept.source.error = GONE
    async with kept.running():
        await kept.start()
        assert kept.lines() == ["1001"]
        kept.source.tell()
        kept.source.rows = threads.rows(50_000)
        turns = 0
        async with asyncio.timeout(30):
            while "save" not in threads.of:
                turns += 1
                await asyncio.sleep(0)
        assert (len(kept.directory.table or ()), turns > 100) == (50_000, True)
    assert threads.of.keys() == {"rows", "table", "read", "save"}
    assert threading.get_ident() not in set().union(*threads.of.values())


async def test_a_source_that_hangs_is_seen(copy: LastGood, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(Program(ALICE), copy)
    async with kept.running():
        await kept.start()
        monkeypatch.setattr(refreshing, "LONGEST_LOAD", 0.02)
        kept.source.answers.clear()
        kept.source.tell(ALICE, BOB)
        async with asyncio.timeout(5):
            while not kept.directory.stale:
                await asyncio.sleep(0.01)
        assert kept.directory.error.startswith(f"{NAME} gave nothing within 0.02 s")
        assert len(kept.directory.table or ()) == 1


async def test_a_disk_that_hangs_does_not_hold_up_the_directory(
    copy: LastGood, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(Program(ALICE), copy)
    released = threading.Event()
    monkeypatch.setattr(refreshing, "LONGEST_SAVE", 0.02)
    monkeypatch.setattr(LastGood, "save", lambda *_words: released.wait(10))
    try:
        async with kept.running():
            await kept.start()
            kept.source.tell(ALICE, BOB)
            async with asyncio.timeout(5):
                while len(kept.directory.table or ()) < 2:
                    await asyncio.sleep(0.01)
    finally:
        released.set()
