"""Keeps the choices that sign-ins look into the same as those in the store, and puts new ones there.

While the store is down what was known of it stays in force, and a new choice is refused. Shell: waits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from cstagw.log import get_logger

from .choices import Choices, Key, key_of
from .store import Choice, SelectionStore, StoreError

#: Seconds that a start waits for the store before sign-ins go by the default rules.
FIRST_LOAD = 2.0
#: Seconds between two attempts at a store that is down: the first pause and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
#: Seconds that somebody who chooses waits for the store.
LONGEST_PUT = 8.0

_LOG = get_logger("cstagw.selection")


@dataclass(slots=True, eq=False)
class _Put:
    """One that is under way. `told`: the store has told of the same user and line meanwhile."""

    key: Key
    told: bool = False


class Keeping:
    """`changed` is called on the loop with the keys under which something is different; `error` and `cure`
    say what is wrong with the store, empty while all is well."""

    def __init__(
        self,
        store: SelectionStore,
        choices: Choices,
        *,
        changed: Callable[[set[Key]], None],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._choices = choices
        self._changed = changed
        self._pause = pause
        self._puts: set[_Put] = set()
        self.name = store.name
        self.error = self.cure = ""
        #: The store has been asked once.
        self.first = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        attempts = 0
        try:
            while True:
                try:
                    await self._follow()
                except Exception as error:  # noqa: BLE001 - a store is not trusted to keep its word
                    attempts = 0 if not self.error else attempts + 1
                    self._failed(error)
                self.first.set()
                longest = min(FIRST_PAUSE * 2.0 ** min(attempts, 10), LONGEST_PAUSE)
                await self._pause(longest * (1 + random.random()) / 2)  # noqa: S311 - spreads load
        finally:
            await self._store.close()

    async def put(self, choice: Choice) -> None:
        """Keep a choice, in the store first. Raises StoreError, and nothing has changed then."""
        put = _Put(key_of(choice))
        self._puts.add(put)
        try:
            async with asyncio.timeout(LONGEST_PUT):
                await self._store.put(choice)
        except TimeoutError:
            text = f"{self.name} did not keep the choice within {LONGEST_PUT:g} s"
            raise StoreError(text, "see whether it is overloaded, and choose again") from None
        finally:
            self._puts.remove(put)
        # A store that tells knows in which order choices were made, at other nodes too.
        if not put.told:
            self._take(self._choices.apply([choice]))

    async def _follow(self) -> None:
        """Until the store is lost."""
        choices = await self._store.load()
        if self.error:
            _LOG.info("selection.store_back", store=self.name)
        self.error = self.cure = ""
        self._take(self._choices.replace(choices))
        self.first.set()
        while True:
            told = await self._store.changed()
            keys = set(map(key_of, told))
            for put in self._puts:
                put.told = put.told or put.key in keys
            self._take(self._choices.apply(told))

    def _take(self, keys: Iterable[Key]) -> None:
        changed = set(keys)
        if changed:
            self._changed(changed)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StoreError):
            text, cure = str(error), error.cure
        else:
            text, cure = f"{self.name}: {type(error).__name__}", "see the log for where it broke"
            _LOG.error("selection.store_broken", store=self.name, exc_info=error)
        if text != self.error:
            _LOG.error("selection.store_down", store=self.name, text=text, cure=cure)
        self.error, self.cure = text, cure
