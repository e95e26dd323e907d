# ruff: noqa: ASYNC240 - small local files, and nothing else in the loop
import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from cstagw.selection import sqlite_store
from cstagw.selection.sqlite_store import SqliteSelection, explain
from cstagw.selection.store import Choice, SelectionStore, StoreError

SOON = 5.0
WHILE = 0.05
ALICE = Choice("alice@example.com", "1100", "SEP1", "staff", 1234.5)
BOB = Choice("bob@example.com", "1100", "SEP2", "", 1235.0)


@asynccontextmanager
async def store(path: Path) -> AsyncIterator[SqliteSelection]:
    selection = SqliteSelection(path)
    try:
        yield selection
    finally:
        await selection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "selection.db"


def is_open(path: Path) -> bool:
    """Whether this process has the file open."""
    links = Path("/proc/self/fd").iterdir()
    return any(link.is_symlink() and link.readlink() == path for link in links)


async def refusal(selection: SqliteSelection, choice: Choice | None = None) -> StoreError:
    with pytest.raises(StoreError) as caught:
        await (selection.put(choice) if choice else selection.load())
    assert caught.value.cure
    return caught.value


def test_it_is_a_store() -> None:
    selection: SelectionStore = SqliteSelection(Path("selection.db"))
    assert selection.name == "sqlite:selection.db"


# Keeping choices


@pytest.mark.asyncio
async def test_a_choice_is_kept(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(BOB)
        await selection.put(ALICE)
        assert await selection.load() == [ALICE, BOB]
    async with store(path) as selection:
        assert await selection.load() == [ALICE, BOB]


@pytest.mark.asyncio
async def test_one_choice_per_user_and_number(path: Path) -> None:
    later = Choice(ALICE.user, ALICE.dn, "SEP9", "", 2000.0)
    other = Choice(ALICE.user, "1200", "SEP1", "", 2001.0)
    async with store(path) as selection:
        for choice in (ALICE, later, other):
            await selection.put(choice)
        assert await selection.load() == [later, other]


@pytest.mark.asyncio
async def test_a_choice_is_taken_back(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
        await selection.put(BOB)
        await selection.put(Choice(ALICE.user, ALICE.dn, ""))
        await selection.put(Choice("nobody@example.com", ALICE.dn, ""))
        assert await selection.load() == [BOB]


@pytest.mark.asyncio
async def test_without_a_choice_nothing_is_made(path: Path) -> None:
    async with store(path) as selection:
        assert await selection.load() == []
    assert not path.parent.exists()


@pytest.mark.asyncio
async def test_folder_and_files_are_for_the_gateway_alone(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.asyncio
async def test_what_is_committed_is_on_disk_for_another_reader_at_once(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert other.execute(
                "SELECT user_uri, dn, partition, device, chosen_at FROM cstagw_selection"
            ).fetchall() == [(ALICE.user, ALICE.dn, ALICE.partition, ALICE.device, ALICE.chosen_at)]


@pytest.mark.asyncio
async def test_a_file_that_was_deleted_is_made_again(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
        path.unlink()
        assert await selection.load() == []
        await selection.put(BOB)
        assert await selection.load() == [BOB]
    async with store(path) as selection:
        assert await selection.load() == [BOB]


@pytest.mark.asyncio
async def test_an_empty_file_is_a_store_without_choices(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    async with store(path) as selection:
        assert await selection.load() == []


@pytest.mark.asyncio
async def test_puts_at_the_same_time_are_all_kept_in_order(path: Path) -> None:
    choices = [Choice(f"user{number % 10}@example.com", "1", f"SEP{number}") for number in range(30)]
    async with store(path) as selection:
        async with asyncio.TaskGroup() as group:
            for choice in choices:
                group.create_task(selection.put(choice))
        assert await selection.load() == choices[20:]


@pytest.mark.asyncio
async def test_changes_are_waited_for_for_ever(path: Path) -> None:
    async with store(path) as selection:
        waiting = asyncio.create_task(selection.changed())
        await selection.put(ALICE)
        done, _pending = await asyncio.wait([waiting], timeout=WHILE)
        assert not done
        waiting.cancel()


# What is refused


@pytest.mark.asyncio
async def test_what_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all " * 100)
    async with store(path) as selection:
        for error in (await refusal(selection), await refusal(selection, ALICE)):
            assert str(error) == f"{path} is damaged: file is not a database"
    assert path.read_bytes() == b"not a database at all " * 100


@pytest.mark.asyncio
async def test_a_damaged_database_is_said_and_may_be_moved_away(path: Path) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x55" * (len(data) - 4096))
    async with store(path) as selection:
        assert "is damaged" in str(await refusal(selection))
        assert "is damaged" in str(await refusal(selection, ALICE))
        assert not is_open(path)
        path.rename(path.with_name("aside.db"))
        await selection.put(ALICE)
        assert await selection.load() == [ALICE]


@pytest.mark.asyncio
async def test_a_lock_of_another_process_is_said_and_outlived(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY", 0.01)
    async with store(path) as selection:
        await selection.put(ALICE)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            error = await refusal(selection, BOB)
            assert str(error) == f"{path} is locked by another process, for longer than 0.01 seconds"
            other.execute("ROLLBACK")
        await selection.put(BOB)
        assert await selection.load() == [ALICE, BOB]


@pytest.mark.asyncio
async def test_a_table_of_another_shape_is_said(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cstagw_selection (user_uri, dn)")
    async with store(path) as selection:
        assert str(await refusal(selection)) == (
            f"{path} has a table cstagw_selection of another shape: no such column: device"
        )


@pytest.mark.asyncio
async def test_a_folder_in_the_place_of_the_file_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    async with store(path) as selection:
        assert str(await refusal(selection)) == f"{path} cannot be written: unable to open database file"
        assert str(await refusal(selection, ALICE)) == str(await refusal(selection))


@pytest.mark.asyncio
async def test_a_path_below_a_file_is_said(path: Path) -> None:
    path.parent.touch()
    async with store(path) as selection:
        assert await selection.load() == []
        assert str(await refusal(selection, ALICE)).startswith(f"{path} cannot be opened: ")


def test_a_full_disk_a_broken_one_and_a_file_that_cannot_be_written_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as full:
        full.execute("CREATE TABLE t (x)")
        full.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            full.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert str(explain(path, caught.value)) == f"{path} cannot grow: database or disk is full"
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with closing(reader), pytest.raises(sqlite3.OperationalError) as caught:
        reader.execute("DELETE FROM t")
    error = explain(path, caught.value)
    assert str(error) == f"{path} cannot be written: attempt to write a readonly database"
    assert "let the gateway's user write" in error.cure
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    assert str(explain(path, broken)) == f"{path} cannot be read or written: disk I/O error"


@pytest.mark.asyncio
async def test_choices_have_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with store(path) as selection:
        await selection.put(ALICE)
        await selection.put(BOB)
        monkeypatch.setattr(sqlite_store, "MAX_CHOICES", 2)
        assert len(await selection.load()) == 2
        monkeypatch.setattr(sqlite_store, "MAX_CHOICES", 1)
        assert str(await refusal(selection)) == f"{path} holds more than 1 choices"


@pytest.mark.asyncio
async def test_calls_that_wait_have_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_store, "MAX_WAITING", 2)
    async with store(path) as selection:
        waiting = [asyncio.create_task(selection.put(ALICE)), asyncio.create_task(selection.put(BOB))]
        await asyncio.sleep(0)
        assert str(await refusal(selection, ALICE)) == f"{path} is too slow: 2 calls wait for it"
        await asyncio.gather(*waiting)
        assert await selection.load() == [ALICE, BOB]


@pytest.mark.asyncio
async def test_closing_waits_for_what_was_begun_and_may_be_repeated(path: Path) -> None:
    selection = SqliteSelection(path)
    putting = asyncio.create_task(selection.put(ALICE))
    await asyncio.sleep(0)
    await selection.close()
    await selection.close()
    assert putting.done()
    assert "is closed" in str(await refusal(selection, BOB))
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    async with store(path) as again:
        assert await again.load() == [ALICE]
