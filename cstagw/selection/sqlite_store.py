"""Users' choices of a device in an SQLite file, for a gateway that is alone.

Shell: the database belongs to one thread, in which everything is done in order. What another process puts
into the same file is seen at the next load and not before; several gateways share a store that tells them.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from .store import Choice, StoreError

MAX_CHOICES = 1_000_000
#: Calls that may wait for the thread.
MAX_WAITING = 1000
#: Seconds that another process's lock is waited for.
BUSY = 5.0

_TABLE = """
    CREATE TABLE IF NOT EXISTS cstagw_selection (
        user_uri TEXT NOT NULL,
        dn TEXT NOT NULL,
        partition TEXT NOT NULL,
        device TEXT NOT NULL,
        chosen_at REAL NOT NULL,
        PRIMARY KEY (user_uri, dn)
    )
"""
_LOAD = "SELECT user_uri, dn, device, partition, chosen_at FROM cstagw_selection ORDER BY user_uri, dn"
_PUT = """
    INSERT INTO cstagw_selection (user_uri, dn, device, partition, chosen_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (user_uri, dn) DO UPDATE SET
        device = excluded.device, partition = excluded.partition, chosen_at = excluded.chosen_at
"""
_FORGET = "DELETE FROM cstagw_selection WHERE user_uri = ? AND dn = ?"
_WRITE_CURE = "let the gateway's user write to it and to its folder, or name another file for the selections"

T = TypeVar("T")


class SqliteSelection:
    """The store `sqlite:PATH`. Folder and file are made when there is a choice to keep, for the gateway's
    user alone."""

    def __init__(self, path: Path) -> None:
        self.name = f"sqlite:{path}"
        self._path = path.absolute()
        self._waiting = 0
        self._closed = False
        self._thread = ThreadPoolExecutor(1, "cstagw-selection")
        # Of the thread alone:
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    async def load(self) -> Sequence[Choice]:
        """Every choice there is; none where there is no file. Raises StoreError."""
        return await self._run(self._load)

    async def put(self, choice: Choice) -> None:
        """Keep or forget a choice; on disk when this comes back. Raises StoreError."""
        await self._run(partial(self._put, choice))

    async def changed(self) -> Sequence[Choice]:
        """Wait for ever: nobody else is expected to put anything, and nobody would tell."""
        nothing: asyncio.Future[Sequence[Choice]] = asyncio.get_running_loop().create_future()
        return await nothing

    async def close(self) -> None:
        """Wait for what was begun, and let go of the file."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
            self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreError(f"{self._path} is closed", "the gateway is about to stop: ask another one")
        if self._waiting >= MAX_WAITING:
            cure = "check the disk that it is on"
            raise StoreError(f"{self._path} is too slow: {MAX_WAITING} calls wait for it", cure)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)
        finally:
            self._waiting -= 1

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            self._drop()
            raise explain(self._path, error) from None

    def _load(self) -> list[Choice]:
        if not self._path.exists():
            return []
        found = self._open().execute(_LOAD).fetchmany(MAX_CHOICES + 1)
        if len(found) > MAX_CHOICES:
            cure = "delete choices of users who are gone from table cstagw_selection"
            raise StoreError(f"{self._path} holds more than {MAX_CHOICES:,} choices", cure)
        return [Choice(*row) for row in found]

    def _put(self, choice: Choice) -> None:
        key = (choice.user, choice.dn)
        if choice.device:
            self._open().execute(_PUT, (*key, choice.device, choice.partition, choice.chosen_at))
        else:
            self._open().execute(_FORGET, key)

    def _open(self) -> sqlite3.Connection:
        """The connection; a new one where the file was deleted or replaced, or nothing more would be kept."""
        if self._connection is not None and self._file == _identity(self._path):
            return self._connection
        self._drop()
        self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
        # Only a new file is opened here: closing one that SQLite has open would give up its locks.
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._connection = sqlite3.connect(self._path, timeout=BUSY, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _TABLE):
            self._connection.execute(statement)
        self._file = _identity(self._path)
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def explain(path: Path, error: Exception) -> StoreError:
    """What an error of SQLite or of the operating system means for the store."""
    if isinstance(error, OSError):
        return StoreError(f"{path} cannot be opened: {error.strerror or type(error).__name__}", _WRITE_CURE)
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            text = f"is locked by another process, for longer than {BUSY:g} seconds"
            cure = "end what has it open: the file is for one gateway"
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            text = f"is damaged: {error}"
            cure = "restore it, or move it away: then a new one is made, and users choose again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            text, cure = f"cannot be written: {error}", _WRITE_CURE
        case sqlite3.SQLITE_FULL:
            text, cure = f"cannot grow: {error}", "free space on the disk that it is on"
        case sqlite3.SQLITE_IOERR:
            text, cure = f"cannot be read or written: {error}", "check the disk that it is on, and its space"
        case _:
            text = f"has a table cstagw_selection of another shape: {error}"
            cure = "move the file away: then a new one is made, and users choose again"
    return StoreError(f"{path} {text}", cure)
