"""Who may control what, one line appearance each: the rows of a source, read strictly.

Pure. A row is text as it stands in a file or a table; an entry is what the gateway works with. One row that
cannot be read makes the whole load wrong: half a directory would lock people out without saying so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern

from cstagw.aor import user_key
from cstagw.errors import BadNumber
from cstagw.identity import LineUri
from cstagw.numbers import diallable

#: The columns of every source, in this order where they have no names.
COLUMNS = ("user", "dn", "partition", "device", "model", "enabled", "line_uri")
#: More problems of one load are counted, not listed.
MAX_PROBLEMS = 20

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,129}\Z")
_TRUE = frozenset({"", "1", "t", "true", "yes", "y", "on"})
_FALSE = frozenset({"0", "f", "false", "no", "n", "off"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row as its source has it; `place` says where for people ("line 17"). Empty is not given."""

    place: str
    user: str = ""
    dn: str = ""
    partition: str = ""
    device: str = ""
    model: str = ""
    enabled: str = ""
    line_uri: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line appearance and the user who may control it.

    `user` as `user_key` makes it, empty where nobody may; `dn` empty for a user without a line; `device`
    empty where the CTIManager is to complete it; `line_uri` is what the user's client is given, empty where
    the source does not know. `place` is that of its row.
    """

    user: str
    dn: str
    partition: str
    device: str
    model: str
    enabled: bool
    line_uri: str
    place: str


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class RowsRefused(Exception):
    """Rows that cannot be read; `problems` are the first of them, `count` is how many there are."""

    def __init__(self, problems: list[RowProblem], count: int) -> None:
        more = f", and {count - len(problems)} more" if count > len(problems) else ""
        super().__init__("; ".join(map(str, problems)) + more)
        self.problems = problems
        self.count = count


def read_rows(rows: Iterable[Row]) -> list[Entry]:
    """All of them, in order. Raises RowsRefused."""
    entries: list[Entry] = []
    problems: list[RowProblem] = []
    count = 0
    for row in rows:
        try:
            entries.append(read_row(row))
        except ValueError as error:
            count += 1
            if len(problems) < MAX_PROBLEMS:
                problems.append(RowProblem(row.place, str(error)))
    if count:
        raise RowsRefused(problems, count)
    return entries


def read_row(row: Row) -> Entry:
    """Raises ValueError with what is wrong. A Line URI in place of a number is read as one."""
    dn, partition, device, line_uri = map(str.strip, (row.dn, row.partition, row.device, row.line_uri))
    is_uri = dn[:4].lower() == "tel:"
    if is_uri or (line_uri and not dn):
        line = _line(dn if is_uri else line_uri)
        dn, line_uri = line.dns[0], line_uri or line.text
        partition, device = partition or line.partition or "", device or line.device or ""
    elif dn:
        dn = _number(dn)
    user = user_key(row.user)
    if not user and not dn:
        raise ValueError("neither a user nor a line")
    if device and _DEVICE.match(device) is None:
        raise ValueError(f"device {device[:80]!r} is not the name of a device")
    if device and not dn:
        raise ValueError(f"device {device} without a line")
    # Thousands of rows name the same few partitions and models, each with a text of its own.
    model, enabled = intern(row.model.strip()), _flag(row.enabled)
    return Entry(user, dn, intern(partition), device, model, enabled, line_uri, row.place)


def _number(text: str) -> str:
    try:
        return diallable(text.removeprefix("\\"))  # CUCM writes the plus of a pattern as \+
    except BadNumber as error:
        raise ValueError(f"dn {error}") from None


def _line(text: str) -> LineUri:
    try:
        return LineUri.parse(text)
    except BadNumber as error:
        raise ValueError(f"Line URI {error}") from None


def _flag(text: str) -> bool:
    value = text.strip().lower()
    if value not in _TRUE | _FALSE:
        raise ValueError(f"enabled {text[:20]!r} is neither true nor false")
    return value in _TRUE
