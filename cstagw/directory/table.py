"""One state of the directory: who may control what, found in one step by number or by user. Pure, never
changed once made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .entries import Entry


class Table:
    """`len` is how many line appearances there are, each counted for every user who may control it."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = tuple(entries)
        self._by_dn = _Index((entry.dn, entry) for entry in self._entries)
        self._by_user = _Index((entry.user, entry) for entry in self._entries)
        self._lines = sum(1 for entry in self._entries if entry.dn)

    def __len__(self) -> int:
        return self._lines

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def on_line(self, dn: str) -> tuple[Entry, ...]:
        """Every entry with this directory number, in the order of the source."""
        return self._by_dn.of(dn)

    def of_user(self, user: str) -> tuple[Entry, ...]:
        """Every entry of this user (as `user_key` makes him), in the order of the source."""
        return self._by_user.of(user)

    def users(self) -> Iterator[str]:
        """Everybody who is in it."""
        return iter(self._by_user)


class _Index:
    """Entries by a key that is not empty, keys in the order of their first entry.

    Nearly every key has one entry. A tuple for each of them would take as much memory again as the entry, and
    be one more object that the garbage collector looks at while it holds up the event loop.
    """

    __slots__ = ("_first", "_several")

    def __init__(self, pairs: Iterable[tuple[str, Entry]]) -> None:
        self._first: dict[str, Entry] = {}
        self._several: dict[str, list[Entry]] = {}
        for key, entry in pairs:
            if not key:
                continue
            if key in self._first:
                self._several.setdefault(key, [self._first[key]]).append(entry)
            else:
                self._first[key] = entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def of(self, key: str) -> tuple[Entry, ...]:
        first = self._first.get(key)
        if first is None:
            return ()
        several = self._several.get(key)
        return (first,) if several is None else tuple(several)
