"""A directory that is a CSV file: read as a whole, watched for changes, never taken half-written.

Shell: files are touched in a thread of its own, so that a mount that hangs holds up nothing else. Knows
nothing of what the rows mean.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from .columns import rows_of
from .entries import Row
from .source import SourceError

MAX_BYTES = 256 * 2**20
#: Seconds after which a file is read again though it looks the same: not all that matters shows in its
#: signature, a mount that gives errors for a while for example.
AT_LATEST = 600.0

_DELIMITERS = (",", ";", "\t")
_ATTEMPTS = 5
_COLUMNS_CURE = "let the first line name the columns, such as user,dn,device"

#: What tells one state of a file from another, or why it cannot be had.
Signature = tuple[int, ...]


class CsvDirectory:
    """The source `csv:PATH`. The first line names the columns, see `columns`; comma, semicolon or tab between
    them; empty lines and those that begin with # do not count. `poll` is seconds between two looks at the
    file, `at_latest` the seconds after which it is read again in any case."""

    kind = "csv"

    def __init__(self, path: Path, poll: float = 1.0, at_latest: float = AT_LATEST) -> None:
        self.name = f"csv:{path}"
        self._path = path
        self._poll = poll
        self._at_latest = at_latest
        self._seen: Signature | None = None
        self._thread = ThreadPoolExecutor(1, "cstagw-csv")

    async def load(self) -> list[Row]:
        """Every row. A file that is written to meanwhile is read again. Raises SourceError."""
        loop = asyncio.get_running_loop()
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._poll)
            before, outcome, after = await loop.run_in_executor(self._thread, _take, self._path)
            self._seen = before
            if before == after:
                if isinstance(outcome, SourceError):
                    raise outcome
                return outcome
        cure = "write another file beside it and rename that one when it is complete"
        raise SourceError(f"{self._path} is written to all the time", cure)

    async def changed(self) -> None:
        """Come back when the file is another one than was loaded last, or is gone, or is there again."""
        await until_changed(self._look, self._seen, self._poll, self._at_latest)

    async def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> Signature:
        return await asyncio.get_running_loop().run_in_executor(self._thread, signature, self._path)


async def until_changed(
    look: Callable[[], Awaitable[Signature]], seen: Signature | None, poll: float, at_latest: float
) -> None:
    """Come back when what `look` gives is not `seen` any more and has stayed the same for one poll: what is
    still being written is not complete. In any case after `at_latest` seconds."""
    now = seen
    for _ in range(max(1, round(at_latest / poll))):
        await asyncio.sleep(poll)
        earlier, now = now, await look()
        if now == earlier and now != seen:
            return


def signature(path: Path) -> Signature:
    """Of the file that symbolic links lead to, so that a swap of the link counts as a change of the file. The
    time of change is in it because copying tools set the time of modification back."""
    try:
        found = path.stat()
    except OSError as error:
        return (error.errno or 0,)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def check_is_file(path: Path) -> None:
    """Raises SourceError for what cannot be read as a file, before anybody waits at a named pipe."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise unreadable(path, error) from None
    if stat.S_ISDIR(mode):
        raise SourceError(f"{path} is a folder", "name the file in it in [directory] source")
    if not stat.S_ISREG(mode):
        raise SourceError(f"{path} is not a regular file", "name a regular file in [directory] source")


def unreadable(path: Path, error: OSError) -> SourceError:
    """What an operating system error means for the source."""
    match error:
        case FileNotFoundError():
            return SourceError(f"{path} does not exist", "put it there, or correct [directory] source")
        case NotADirectoryError():
            return SourceError(f"{path} lies below a file", "correct [directory] source")
        case PermissionError():
            cure = "let the gateway's user read it, and enter the folders above it"
            return SourceError(f"{path} may not be read", cure)
    reason = error.strerror or type(error).__name__
    return SourceError(f"{path} cannot be read: {reason}", "check the disk or mount that it is on")


def _take(path: Path) -> tuple[Signature, list[Row] | SourceError, Signature]:
    """What is there, between the signatures before and after reading it."""
    before = signature(path)
    outcome: list[Row] | SourceError
    try:
        data = _read(path)
        # Before it is understood, which takes longer.
        after = signature(path)
        outcome = _rows(data, path)
    except SourceError as error:
        after = signature(path)
        outcome = error
    return before, outcome, after


def _read(path: Path) -> bytes:
    check_is_file(path)
    try:
        # Another thing may have come to be there since: without O_NONBLOCK a pipe would hold up the thread.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > MAX_BYTES:
        raise SourceError(f"{path} is larger than {MAX_BYTES // 2**20} MiB", "is it the right file?")
    return data


def _rows(data: bytes, path: Path) -> list[Row]:
    raw = io.BytesIO(data)
    lines = _Lines(io.TextIOWrapper(raw, "utf-8-sig", newline=""))
    try:
        return list(_of_records(lines, path))
    except UnicodeDecodeError as error:
        # It knows its place in the portion that was read last only.
        good = raw.tell() - len(error.object) + error.start
        line = len((data[:good] + b".").splitlines())
        cure = "save it as UTF-8; spreadsheets call that CSV UTF-8"
        raise SourceError(f"{path}: line {line} is not UTF-8", cure) from None
    except csv.Error as error:
        cure = "put a field with a delimiter, a quote or a line end into quotes, and double the quotes in it"
        raise SourceError(f"{path}: line {lines.begin}: {error}", cure) from None
    except ValueError as error:
        raise SourceError(f"{path}: {error}", "correct it there; until then nothing of it is used") from None


def _of_records(lines: _Lines, path: Path) -> Iterator[Row]:
    records = lines.records()
    names = next(records, None)
    if names is None:
        raise SourceError(f"{path} is empty: nobody could use a line", _COLUMNS_CURE + ", the others users")
    try:
        rows = rows_of(names, records, lambda _number: f"line {lines.begin}")
    except ValueError as error:
        raise SourceError(f"{path}: line {lines.begin}: {error}", _COLUMNS_CURE) from None
    yield from rows


class _Lines:
    """Lines for the csv module, without comments and empty lines where a record would begin; `begin` is the
    number of the line where the last record began."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = enumerate(text, 1)
        self._within = False
        self.begin = 0

    def records(self) -> Iterator[list[str]]:
        """Records as the csv module cuts them. Raises csv.Error, ValueError."""
        first = next(self, "")
        if not first:
            return
        delimiter = max(_DELIMITERS, key=first.count)
        # Strict, or a quote that is never closed would swallow the rest of the file unseen.
        for record in csv.reader(chain([first], self), delimiter=delimiter, strict=True):
            yield record
            self._within = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for number, line in self._text:
            if "\0" in line:
                raise ValueError(f"line {number} holds a zero byte: the file is damaged")
            if self._within:
                return line
            if line.strip() and not line.startswith("#"):
                self._within = True
                self.begin = number
                return line
        raise StopIteration
