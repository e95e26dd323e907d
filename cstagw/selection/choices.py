"""The choices of users as this node knows them: a copy of the store that sign-ins can look into at once.

Pure. The copy stays in force while the store is down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from .store import Choice

#: A user and a directory number.
Key: TypeAlias = tuple[str, str]


class Choices:
    """One choice per user and directory number."""

    def __init__(self) -> None:
        self._choices: dict[Key, Choice] = {}

    def __len__(self) -> int:
        return len(self._choices)

    def of(self, user: str, dn: str) -> Choice | None:
        """What a user chose for a line."""
        return self._choices.get((user, dn))

    def replace(self, choices: Iterable[Choice]) -> set[Key]:
        """These are all there are; the keys under which something is different now."""
        before, self._choices = self._choices, {key_of(one): one for one in choices if one.device}
        keys = before.keys() | self._choices.keys()
        return {key for key in keys if before.get(key) != self._choices.get(key)}

    def apply(self, choices: Iterable[Choice]) -> set[Key]:
        """These were made or taken back (device empty); the keys under which something is different now."""
        changed: set[Key] = set()
        for choice in choices:
            key = key_of(choice)
            before = self._choices.get(key)
            if choice.device:
                self._choices[key] = choice
            else:
                self._choices.pop(key, None)
            if before != self._choices.get(key):
                changed.add(key)
        return changed


def key_of(choice: Choice) -> Key:
    """What there is one choice for."""
    return choice.user, choice.dn
