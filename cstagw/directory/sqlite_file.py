"""A directory in an SQLite file that somebody else keeps: one query, read only.

Shell: the database is touched in a thread of its own. Knows nothing of what the rows mean.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from .columns import rows_of
from .csv_file import Signature, check_is_file, signature, until_changed
from .entries import Row
from .source import SourceError

DEFAULT_QUERY = (
    "SELECT user_uri, dn, partition, device, model, enabled, line_uri FROM line_appearances"
    " ORDER BY user_uri, dn, device"
)
#: Seconds that somebody else's lock is waited for.
BUSY = 5.0
#: Seconds that a query may take.
LONGEST = 60.0

_STEPS = 10_000  # of SQLite's virtual machine, well below a millisecond
_QUERY_CURE = "check [directory] query, for example with sqlite3 -readonly"


class SqliteDirectory:
    """The source `sqlite:PATH`: the rows that `query` gives, columns by their names in its result.

    The file and its write-ahead log are looked at every `poll` seconds; a database that never comes to rest
    is read every `refresh` seconds, as is any other.
    """

    kind = "sqlite"

    def __init__(
        self, path: Path, query: str, refresh: float, *, poll: float = 1.0, longest: float = LONGEST
    ) -> None:
        self.name = f"sqlite:{path}"
        self._path = path
        self._query = query
        self._refresh = refresh
        self._poll = poll
        self._longest = longest
        self._closed = False
        self._seen: Signature | None = None
        self._thread = ThreadPoolExecutor(1, "cstagw-sqlite")

    async def load(self) -> list[Row]:
        """Every row that the query gives. Raises SourceError."""
        loop = asyncio.get_running_loop()
        self._seen, outcome = await loop.run_in_executor(self._thread, self._take)
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome

    async def changed(self) -> None:
        """Come back when the files are others than were loaded last; after `refresh` seconds in any case."""
        await until_changed(self._look, self._seen, self._poll, self._refresh)

    async def close(self) -> None:
        """Stop a query that still runs, and let the thread end."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> Signature:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _signatures, self._path)

    def _take(self) -> tuple[Signature, list[Row] | SourceError]:
        """What is there, and the signature before it was read: what is committed meanwhile is a change."""
        before = _signatures(self._path)
        try:
            return before, self._read()
        except SourceError as error:
            return before, error
        except ValueError as error:
            cure = "give the columns these names with AS; empty and unusable rows can be left out with WHERE"
            return before, SourceError(f"{self._path}: {error}", f"{_QUERY_CURE}; {cure}")
        except (sqlite3.Error, sqlite3.Warning) as error:
            return before, explain(self._path, error, self._longest)

    def _read(self) -> list[Row]:
        check_is_file(self._path)
        deadline = time.monotonic() + self._longest
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, timeout=BUSY, uri=True)) as connection:
            connection.set_progress_handler(lambda: self._closed or time.monotonic() > deadline, _STEPS)
            cursor = connection.execute(self._query)
            if cursor.description is None:
                raise SourceError(f"{self._path}: the query gives no rows", _QUERY_CURE)
            names = [str(column[0]) for column in cursor.description]
            return list(rows_of(names, cursor, lambda number: f"row {number}"))


def explain(path: Path, error: Exception, longest: float) -> SourceError:
    """What an error of SQLite means for the source."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    reason = str(error)[:200]
    match code & 0xFF:  # the rest of a code tells which lock or which read it was
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            text = f"is locked by another process, for longer than {BUSY:g} seconds"
            cure = "end what writes to it; shorter transactions or journal_mode=WAL avoid it"
        case sqlite3.SQLITE_NOTADB:
            text, cure = "is not an SQLite database", "name the right file in [directory] source"
        case sqlite3.SQLITE_CORRUPT:
            text, cure = f"is damaged: {reason}", "restore it, and replace it by renaming, not by copying"
        case sqlite3.SQLITE_CANTOPEN:
            text = f"cannot be opened: {reason}"
            cure = "let the gateway's user read it and, where it has journal_mode=WAL, write to its folder"
        case sqlite3.SQLITE_READONLY if code != sqlite3.SQLITE_READONLY:
            text = f"needs to be recovered: {reason}"
            cure = "open it once with the program that writes to it, or with sqlite3"
        case sqlite3.SQLITE_READONLY:
            text, cure = f"is only read here: {reason}", "let [directory] query be a SELECT"
        case sqlite3.SQLITE_INTERRUPT:
            text = f"the query took longer than {longest:g} seconds"
            cure = f"{_QUERY_CURE}; an index may be missing"
        case sqlite3.SQLITE_IOERR:
            text, cure = f"cannot be read: {reason}", "check the disk or mount that it is on"
        case _:
            text, cure = f"the query fails: {reason}", _QUERY_CURE
    return SourceError(f"{path}: {text}", cure)


def _signatures(path: Path) -> Signature:
    """Of the database and its write-ahead log. A log without content counts as none, because reading makes
    one; its time of change does not count, because SQLite sets the owner anew where root reads."""
    log = path.with_name(f"{path.name}-wal")
    try:
        written = log.stat().st_size > 0
    except OSError:
        written = False
    return signature(path) + (signature(log)[:-1] if written else ())
