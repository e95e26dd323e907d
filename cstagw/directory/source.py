"""What the gateway needs of wherever its directory comes from: everything at once, and when to ask again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .entries import Row


class SourceError(Exception):
    """The source is down or what it gave cannot be used. The text names the cause, `cure` the next step;
    `rest` is how many seconds it is to be left alone, where asking again could do harm."""

    def __init__(self, text: str, cure: str, *, rest: float = 0.0) -> None:
        super().__init__(text)
        self.cure = cure
        self.rest = rest


class Source(Protocol):
    """One source. `kind` is its metric label: csv, sqlite, postgresql or axl; `name` is for people, without
    secrets. Calls never overlap; whatever blocks is done in a thread; a call may be cancelled."""

    kind: str
    name: str

    async def load(self) -> Sequence[Row]:
        """Every row there is. Raises SourceError, nothing else."""
        ...

    async def changed(self) -> None:
        """Come back when loading again may give something else, after a while in any case.

        Raises SourceError where the source was lost while waiting.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Raises nothing; may be called more than once."""
        ...
