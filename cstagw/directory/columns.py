"""From the columns of a table to rows, alike for files and databases.

Pure. Knows names and values, and how many of them are too many; whether a row makes sense is for `entries`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from .entries import COLUMNS, Row

MAX_ROWS = 1_000_000
#: In characters; the longest that is of use is a SIP address or a Line URI.
MAX_FIELD = 8192

#: Other names that a column may have.
ALIASES = {"user_uri": "user"}
_ALLOWED = ", ".join(COLUMNS)


def rows_of(
    names: Sequence[str], values: Iterable[Sequence[object]], place: Callable[[int], str]
) -> Iterator[Row]:
    """Rows of named columns, in any order and case; `user` and one of `dn` and `line_uri` are needed.

    NULL and what a row leaves out at its end are not given. `place` makes the number of a row, from 1, into
    its place for people, and is asked as soon as the row was taken. Raises ValueError for the columns at
    once, for a row that cannot be used, for too many and for none when that is reached.
    """
    return _rows(_columns(names), values, place)


def _columns(names: Sequence[str]) -> list[str]:
    given = [name.strip().lower() for name in names]
    columns = [ALIASES.get(name, name) for name in given]
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown:
        listed = ", ".join(repr(name[:40]) for name in unknown[: len(COLUMNS)])
        raise ValueError(f"unknown column {listed}; allowed: {_ALLOWED}")
    twins = [name for name in COLUMNS if columns.count(name) > 1]
    if twins:
        raise ValueError(f"column {', '.join(twins)} is there twice")
    if "user" not in columns:
        raise ValueError(f"column user is missing; allowed: {_ALLOWED}")
    if "dn" not in columns and "line_uri" not in columns:
        raise ValueError(f"column dn (or line_uri) is missing; allowed: {_ALLOWED}")
    return columns


def _rows(
    columns: list[str], values: Iterable[Sequence[object]], place: Callable[[int], str]
) -> Iterator[Row]:
    number = 0
    for number, given in enumerate(values, 1):
        if number > MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS:,} rows")
        where = place(number)
        if len(given) > len(columns):
            raise ValueError(f"{where}: {len(given)} fields for {len(columns)} columns")
        # Spreadsheets leave out empty fields at the end of a row.
        fields = zip(columns, given, strict=False)
        yield Row(where, **{column: _text(value, where, column) for column, value in fields})
    if not number:
        raise ValueError("no row at all: an empty directory would lock everybody out")


def _text(value: object, where: str, column: str) -> str:
    match value:
        case str():
            text = value
        case None:
            text = ""
        case bytes() | bytearray() | memoryview():
            raise ValueError(f"{where}: {column} holds bytes, not text")
        case float() if value.is_integer():
            text = str(int(value))  # a number in a column of a type that also has fractions
        case _:
            text = str(value)
    if len(text) > MAX_FIELD:
        raise ValueError(f"{where}: {column} is longer than {MAX_FIELD:,} characters")
    return text
