# ruff: noqa: ASYNC240 - small local files, and nothing else in the loop
import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from cstagw.directory import sqlite_file
from cstagw.directory.entries import Row
from cstagw.directory.source import Source, SourceError
from cstagw.directory.sqlite_file import DEFAULT_QUERY, SqliteDirectory, explain

POLL = 0.005
SOON = 5.0
WHILE = 0.1
TABLE = (
    "CREATE TABLE line_appearances"
    " (user_uri TEXT, dn TEXT, partition TEXT, device TEXT, model TEXT, enabled BOOLEAN, line_uri TEXT)"
)
INSERT = "INSERT INTO line_appearances (user_uri, dn) VALUES (?, ?)"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one row, in a folder whose name has what URIs give a meaning to."""
    folder = tmp_path / "a folder?#%41"
    folder.mkdir()
    path = folder / "lines.db"
    write(path, (TABLE,), (INSERT, "alice@example.com", "1001"))
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Who keeps the database, over a write-ahead log."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        yield connection


def write(path: Path, *statements: tuple[str, *tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement, *values in statements:
            connection.execute(statement, values)


@asynccontextmanager
async def source(
    path: Path, query: str = DEFAULT_QUERY, refresh: float = 600.0, longest: float = SOON
) -> AsyncIterator[SqliteDirectory]:
    directory = SqliteDirectory(path, query, refresh, poll=POLL, longest=longest)
    try:
        yield directory
    finally:
        await directory.close()


async def refusal(path: Path, query: str = DEFAULT_QUERY, longest: float = SOON) -> str:
    """What is said of the file behind its name."""
    async with source(path, query, longest=longest) as directory:
        with pytest.raises(SourceError) as caught:
            await directory.load()
    assert caught.value.cure
    return str(caught.value).removeprefix(str(path))


def test_it_is_a_source() -> None:
    directory: Source = SqliteDirectory(Path("lines.db"), DEFAULT_QUERY, 60.0)
    assert (directory.kind, directory.name) == ("sqlite", "sqlite:lines.db")


# What is read


@pytest.mark.asyncio
async def test_the_default_query_gives_every_column(path: Path) -> None:
    values = ("bob@example.com", 1002, "staff", "SEP2", "7962", False, "tel:1002")
    write(path, ("INSERT INTO line_appearances VALUES (?, ?, ?, ?, ?, ?, ?)", *values))
    async with source(path) as directory:
        assert await directory.load() == [
            Row("row 1", user="alice@example.com", dn="1001"),
            Row("row 2", "bob@example.com", "1002", "staff", "SEP2", "7962", "0", "tel:1002"),
        ]


@pytest.mark.asyncio
async def test_a_query_names_its_columns(path: Path) -> None:
    async with source(
        path, "SELECT dn + 1.0 AS DN, upper(user_uri) AS user FROM line_appearances"
    ) as directory:
        assert await directory.load() == [Row("row 1", user="ALICE@EXAMPLE.COM", dn="1002")]


@pytest.mark.asyncio
async def test_what_is_in_the_write_ahead_log_counts(path: Path, writer: sqlite3.Connection) -> None:
    writer.execute(INSERT, ("bob@example.com", "1002"))
    async with source(path) as directory:
        assert [row.dn for row in await directory.load()] == ["1001", "1002"]


# What is refused


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT user_uri, dn FROM lines", ": the query fails: no such table: lines"),
        ("SELECT user, dn FROM line_appearances", ": the query fails: no such column: user"),
        ("SELEC 1", ': the query fails: near "SELEC": syntax error'),
        ("SELECT 1; SELECT 2", ": the query fails: You can only execute one statement at a time."),
        ("SELECT ? AS user, 1 AS dn", ": the query fails: Incorrect number of bindings supplied."),
        ("SELECT 1 AS user, 2 AS dn, 3 AS phone", ": unknown column 'phone'; allowed: user, dn, "),
        (DEFAULT_QUERY.replace("ORDER", "WHERE 0 ORDER"), ": no row at all: an empty directory would lock"),
        ("SELECT 'a' AS user, x'31' AS dn", ": row 1: dn holds bytes, not text"),
        ("SELECT 'a' AS user, CAST(x'ff' AS TEXT) AS dn", ": the query fails: Could not decode to UTF-8"),
        ("DELETE FROM line_appearances", ": is only read here: attempt to write a readonly database"),
        ("BEGIN", ": the query gives no rows"),
        ("", ": the query gives no rows"),
        ("SELECT 1 \0", ": "),
    ],
)
async def test_a_query_that_cannot_be_used_is_said(path: Path, query: str, text: str) -> None:
    assert (await refusal(path, query)).startswith(text)


@pytest.mark.asyncio
async def test_a_query_has_a_longest_time(path: Path) -> None:
    assert await refusal(path, ENDLESS, longest=0.01) == ": the query took longer than 0.01 seconds"


@pytest.mark.asyncio
async def test_closing_stops_a_query(path: Path) -> None:
    async with source(path, ENDLESS, longest=600.0) as directory:
        loading = asyncio.create_task(directory.load())
        await asyncio.sleep(POLL)
        await directory.close()
        # The other where the thread had not come to it yet.
        with pytest.raises((SourceError, asyncio.CancelledError)):
            await asyncio.wait_for(loading, SOON)


@pytest.mark.asyncio
async def test_a_lock_of_somebody_else_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await refusal(path) == ": is locked by another process, for longer than 0.01 seconds"


@pytest.mark.asyncio
async def test_a_short_lock_is_waited_for(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with source(path) as directory:
            loading = asyncio.create_task(directory.load())
            await asyncio.sleep(POLL)
            other.execute("COMMIT")
            assert len(await loading) == 1


@pytest.mark.asyncio
async def test_what_is_no_database_is_said(path: Path) -> None:
    path.write_bytes(b"user,dn\n" * 1000)
    assert await refusal(path) == ": is not an SQLite database"


@pytest.mark.asyncio
async def test_a_damaged_database_is_said(path: Path) -> None:
    write(path, (INSERT, "b" * 20_000, "1002"))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    assert (await refusal(path)).startswith(": is damaged: ")


@pytest.mark.asyncio
async def test_a_database_whose_writer_died_is_said(path: Path) -> None:
    """What is undone from a journal cannot be undone by who reads only."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        for statement in ("PRAGMA cache_size = 1", "PRAGMA cache_spill = 1", "BEGIN"):
            writer.execute(statement)
        for number in range(2000):
            writer.execute(INSERT, (f"user{number}@example.com", number))
        crashed = path.with_name("crashed.db")
        for end in ("", "-journal"):
            Path(f"{crashed}{end}").write_bytes(Path(f"{path}{end}").read_bytes())
    assert (await refusal(crashed)).startswith(": needs to be recovered: ")


@pytest.mark.asyncio
async def test_a_write_ahead_log_that_cannot_be_used_is_said(path: Path) -> None:
    write(path, ("PRAGMA journal_mode = WAL",))
    Path(f"{path}-wal").mkdir()
    assert await refusal(path) == ": cannot be opened: unable to open database file"


def test_an_error_of_the_disk_is_told_from_one_of_the_query(path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    found = explain(path, error, 60.0)
    assert str(found) == f"{path}: cannot be read: disk I/O error"
    assert "disk" in found.cure


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("place", "text"),
    [("none.db", "does not exist"), (".", "is a folder"), ("lines.db/x.db", "lies below a file")],
)
async def test_what_is_no_file_is_said_and_none_is_made(path: Path, place: str, text: str) -> None:
    wrong = path.parent / place
    assert await refusal(wrong) == f" {text}"
    assert list(path.parent.iterdir()) == [path]


# Changes


async def held(task: "asyncio.Task[None]") -> bool:
    """Whether it goes on waiting."""
    done, _pending = await asyncio.wait([task], timeout=WHILE)
    return not done


@pytest.mark.asyncio
@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
async def test_a_commit_is_a_change_and_reading_is_none(path: Path, journal: str) -> None:
    write(path, (f"PRAGMA journal_mode = {journal}",))
    async with source(path) as directory:
        await directory.load()
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        write(path, (INSERT, "bob@example.com", "1002"))
        await asyncio.wait_for(waiting, SOON)
        assert [row.dn for row in await directory.load()] == ["1001", "1002"]
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        waiting.cancel()


@pytest.mark.asyncio
async def test_a_commit_that_is_in_the_write_ahead_log_only_is_a_change(
    path: Path, writer: sqlite3.Connection
) -> None:
    async with source(path) as directory:
        for number in (1002, 1003):
            await directory.load()
            waiting = asyncio.create_task(directory.changed())
            assert await held(waiting)
            writer.execute(INSERT, (f"user{number}@example.com", number))
            await asyncio.wait_for(waiting, SOON)
        assert [row.dn for row in await directory.load()] == ["1001", "1002", "1003"]


@pytest.mark.asyncio
async def test_a_database_copied_over_is_a_change(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    write(other, (TABLE,), (INSERT, "alice@example.com", "1009"))
    async with source(path) as directory:
        await directory.load()
        path.write_bytes(other.read_bytes())
        await asyncio.wait_for(directory.changed(), SOON)
        assert [row.dn for row in await directory.load()] == ["1009"]


@pytest.mark.asyncio
async def test_a_database_that_vanishes_is_a_change_and_its_return_is_another(path: Path) -> None:
    async with source(path) as directory:
        await directory.load()
        aside = path.rename(path.with_name("aside.db"))
        await asyncio.wait_for(directory.changed(), SOON)
        with pytest.raises(SourceError, match="does not exist"):
            await directory.load()
        waiting = asyncio.create_task(directory.changed())
        assert await held(waiting)
        aside.rename(path)
        await asyncio.wait_for(waiting, SOON)
        assert len(await directory.load()) == 1


@pytest.mark.asyncio
async def test_it_is_read_again_after_a_while_in_any_case(path: Path) -> None:
    async with source(path, refresh=3 * POLL) as directory:
        await directory.load()
        await asyncio.wait_for(directory.changed(), SOON)
