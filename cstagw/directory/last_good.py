"""The directory as it was when its source last gave all of it: a file to start from while the source is down.

Blocking, for a thread; calls must not overlap. Knows entries and a file, not where entries come from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from .columns import MAX_ROWS
from .entries import Entry

#: Of the file: a line that says what it is, a line for each entry, a line with number and checksum. Lines,
#: because reading or writing all of it in one piece would hold up the other threads.
FORMAT = 1

_FIELDS = [field.name for field in fields(Entry)]
_values = attrgetter(*_FIELDS)
_MAX_LINE = 2**20  # eight fields of the longest, every character escaped
#: Each piece read or written lets the event loop's thread go on waiting a little longer for its turn.
_PIECE = 2**20
_CURE = "let the gateway's user write there, or set [state] folder to a folder where it may"


class LastGoodError(Exception):
    """The copy cannot be written, or not be used. The text names the cause, `cure` the next step."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.cure = cure


class LastGood:
    """The copy at `path`. It holds users and numbers, so nobody else may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, entries: Iterable[Entry], loaded_at: float, source_name: str) -> None:
        """Put a copy in place of the one before, all of it or nothing; it survives a loss of power.
        `loaded_at` is seconds since 1970. Raises LastGoodError."""
        folder = self._path.parent
        try:
            folder.mkdir(0o700, parents=True, exist_ok=True)
            new = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
            new.unlink(missing_ok=True)
            try:
                with open(new, "xb", buffering=_PIECE, opener=_private) as file:
                    file.writelines(_lines(entries, loaded_at, source_name))
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(self._path)
            finally:
                new.unlink(missing_ok=True)
            _sync(folder)
        except OSError as error:
            raise self._explain("written", error) from None

    def read(self, source_name: str) -> tuple[list[Entry], float] | None:
        """The entries and when they were loaded; None where there is no copy, or one of another source.

        Raises LastGoodError for a copy that is damaged or that another version wrote.
        """
        try:
            with self._path.open("rb", buffering=_PIECE) as file:
                return self._read(file, source_name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._explain("read", error) from None
        except (ValueError, TypeError, KeyError, RecursionError):
            cure = "nothing to do: the next load of the directory replaces it"
            raise LastGoodError(f"{self._path} is damaged and is not used", cure) from None

    def _read(self, file: BinaryIO, source_name: str) -> tuple[list[Entry], float] | None:
        line = file.readline(_MAX_LINE)
        digest = sha256(line)
        head = json.loads(line)
        if head["format"] != FORMAT or head["fields"] != _FIELDS:
            cure = "nothing to do: the next load of the directory replaces it"
            raise LastGoodError(f"{self._path} was written by another version and is not used", cure)
        if head["source"] != source_name:
            return None
        entries: list[Entry] = []
        while (line := file.readline(_MAX_LINE)).startswith(b"[") and len(entries) < MAX_ROWS:
            digest.update(line)
            entries.append(Entry(*json.loads(line)))
        if json.loads(line) != _end(len(entries), digest.hexdigest()) or file.read(1):
            raise ValueError("the checksum differs")
        return entries, float(head["loaded_at"])

    def _explain(self, what: str, error: OSError) -> LastGoodError:
        reason = error.strerror or type(error).__name__
        return LastGoodError(f"{self._path} cannot be {what}: {reason}", _CURE)


def _lines(entries: Iterable[Entry], loaded_at: float, source_name: str) -> Iterator[bytes]:
    line = _line({"format": FORMAT, "fields": _FIELDS, "source": source_name, "loaded_at": loaded_at})
    digest = sha256(line)
    yield line
    count = 0
    for entry in entries:
        line = _line(_values(entry))
        digest.update(line)
        count += 1
        yield line
    yield _line(_end(count, digest.hexdigest()))


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _end(count: int, checksum: str) -> dict[str, object]:
    return {"entries": count, "sha256": checksum}


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _sync(folder: Path) -> None:
    """A new name in a folder is kept only when the folder is."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
