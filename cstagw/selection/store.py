"""What users have chosen, a device for a line, and what the gateway needs of the place where that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Choice:
    """`user` as `directory.user_key` makes it; `partition` empty where the appearance has none; `device`
    empty: the choice was taken back. `chosen_at`, seconds since 1970, makes no other choice of it."""

    user: str
    dn: str
    device: str
    partition: str = ""
    chosen_at: float = field(default=0.0, compare=False)


class StoreError(Exception):
    """The store is down. The text names the cause, `cure` the next step."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.cure = cure


class SelectionStore(Protocol):
    """One choice per user and directory number. `name` is for people, without secrets. `put` may come while
    `changed` waits; a call may be cancelled."""

    name: str

    async def load(self) -> Sequence[Choice]:
        """Every choice there is; from here on `changed` misses none. Raises StoreError."""
        ...

    async def put(self, choice: Choice) -> None:
        """Keep a choice in place of an earlier one, or forget it where its device is empty. It is kept when
        this comes back. Raises StoreError."""
        ...

    async def changed(self) -> Sequence[Choice]:
        """Wait for choices that were made since, here or elsewhere; device empty: taken back.

        Raises StoreError where the store was lost while waiting: `load` again then.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Raises nothing; may be called more than once."""
        ...
