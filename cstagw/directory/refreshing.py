"""Keeps the directory what its source has: reads it, again when it changes, and for ever when it fails.

What was had last stays in force while the source is down or wrong, over a restart too: the last good copy is
on the disk. Shell: waits, and leaves what takes long to a thread.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from cstagw.log import get_logger

from .entries import Entry, RowsRefused, read_rows
from .last_good import LastGood, LastGoodError
from .source import Source, SourceError
from .state import Directory
from .table import Table

#: Seconds that a start waits for the source before the last good copy stands in.
FIRST_LOAD = 5.0
#: Seconds after which a load is given up, longer than any source needs, and a copy is not waited for.
LONGEST_LOAD, LONGEST_SAVE = 660.0, 30.0
#: Seconds between two attempts at a source that fails: the first pause and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

_LOG = get_logger("cstagw.directory")


class Refreshing:
    """`changed` is called on the loop when the table is another one; `wall_clock` is seconds since 1970."""

    def __init__(
        self,
        source: Source,
        directory: Directory,
        last_good: LastGood,
        *,
        changed: Callable[[], None],
        wall_clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._directory = directory
        self._last_good = last_good
        self._changed = changed
        self._wall_clock = wall_clock
        self._pause = pause
        self._attempts = 0
        self._rest = 0.0
        self._saving: asyncio.Task[None] | None = None
        self._disk = asyncio.Lock()
        #: The source has been asked once, or the last good copy stands in for it.
        self.first = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        try:
            await self._begin()
            while True:
                await self._until_worthwhile()
                await self._load()
        finally:
            self.first.set()  # whoever waits for it is not to wait for ever
            if self._saving is not None:
                self._saving.cancel()
                await asyncio.gather(self._saving, return_exceptions=True)
            await self._source.close()

    async def _begin(self) -> None:
        load = asyncio.create_task(self._load(), name="directory first load")
        try:
            await asyncio.wait({load}, timeout=FIRST_LOAD)
            if self._directory.table is None:
                await self._stand_in()
            self.first.set()
            await load
        finally:
            load.cancel()
            await asyncio.gather(load, return_exceptions=True)

    async def _load(self) -> None:
        """One attempt; a load that fails changes nothing but what is said of it."""
        try:
            await self._take(await self._entries())
        except Exception as error:  # noqa: BLE001 - a source is not trusted to keep its word
            self._failed(error)

    async def _entries(self) -> list[Entry]:
        try:
            async with asyncio.timeout(LONGEST_LOAD):
                rows = await self._source.load()
        except TimeoutError:
            text = f"{self._source.name} gave nothing within {LONGEST_LOAD:g} s"
            raise SourceError(text, "see whether its disk, or the way to its server, hangs") from None
        entries = await asyncio.to_thread(read_rows, rows)
        if not any(entry.dn for entry in entries):
            raise SourceError(
                f"{self._source.name} has no line appearance at all",
                "an empty directory would lock everybody out, so the one before stays in force; fill it",
            )
        return entries

    async def _take(self, entries: list[Entry]) -> None:
        now, before = self._wall_clock(), self._directory.table
        table, is_other = await asyncio.to_thread(_compared, entries, before)
        recovered = self._directory.stale
        self._directory.taken(table, now)
        if is_other or recovered:
            _LOG.info("directory.loaded", source=self._source.name, line_appearances=len(table))
        if is_other:
            self._changed()
        await self._save(entries, now)

    def _failed(self, error: Exception) -> None:
        directory, name = self._directory, self._source.name
        self._rest = error.rest if isinstance(error, SourceError) else 0.0
        match error:
            case SourceError():
                text, cure = str(error), error.cure
            case RowsRefused():
                text, cure = str(error), "correct what is listed"
            case _:
                text, cure = f"{name}: {type(error).__name__}", "see the log for where it broke"
                _LOG.error("directory.source_broken", source=name, exc_info=error)
        if directory.error != text:
            served = "last good" if directory.table is not None else "nothing"
            _LOG.error("directory.failed", source=name, text=text, cure=cure, served=served)
        directory.failed(text, cure, self._wall_clock())

    async def _until_worthwhile(self) -> None:
        """Until the source changes; one that fails, or cannot be waited for, is asked again after pauses that
        grow. One that wants to be left alone is."""
        waiting = asyncio.create_task(self._heard(), name="directory change")
        resting = asyncio.ensure_future(self._pause(self._next_pause()))
        try:
            await asyncio.wait({waiting, resting}, return_when=asyncio.FIRST_COMPLETED)
            if self._rest or (waiting.done() and not waiting.result()):
                await resting
            elif waiting.done() or not self._directory.stale:
                self._attempts = 0
                await waiting
        finally:
            waiting.cancel()
            resting.cancel()
            await asyncio.gather(waiting, resting, return_exceptions=True)

    async def _heard(self) -> bool:
        """Whether the source has changed; False where it could not be waited for."""
        try:
            await self._source.changed()
        except Exception as error:  # noqa: BLE001 - as for a load
            if not self._directory.stale:
                self._failed(error)
            return False
        return True

    def _next_pause(self) -> float:
        longest = min(FIRST_PAUSE * 2.0 ** min(self._attempts, 10), LONGEST_PAUSE)
        self._attempts += 1
        return max(self._rest, longest * (1.0 + random.random()) / 2.0)  # noqa: S311 - spreads load

    # --- the last good copy ---------------------------------------------------------------------------------

    async def _stand_in(self) -> None:
        try:
            async with self._disk:
                found = await asyncio.to_thread(self._copy)
        except LastGoodError as error:
            _LOG.error("directory.copy_unusable", text=str(error), cure=error.cure)
            return
        if found is None or self._directory.table is not None:
            return
        table, loaded_at = found
        self._directory.served_from_disk(table, loaded_at, self._wall_clock())
        _LOG.warning("directory.served_from_disk", line_appearances=len(table), loaded_at=loaded_at)
        self._changed()

    def _copy(self) -> tuple[Table, float] | None:
        found = self._last_good.read(self._source.name)
        return None if found is None else (Table(found[0]), found[1])

    async def _save(self, entries: list[Entry], loaded_at: float) -> None:
        """A disk that hangs must not hold up the directory: whoever is late is left behind."""
        if self._saving is not None and not self._saving.done():
            return
        self._saving = asyncio.create_task(self._write(entries, loaded_at), name="directory copy")
        if not (await asyncio.wait({self._saving}, timeout=LONGEST_SAVE))[0]:
            text = f"the copy was not written within {LONGEST_SAVE:g} s"
            _LOG.error(
                "directory.copy_not_kept", text=text, cure="see whether the disk of [state] folder hangs"
            )

    async def _write(self, entries: list[Entry], loaded_at: float) -> None:
        try:
            async with self._disk:
                await asyncio.to_thread(self._last_good.save, entries, loaded_at, self._source.name)
        except LastGoodError as error:
            _LOG.error("directory.copy_not_kept", text=str(error), cure=error.cure)


def _compared(entries: list[Entry], before: Table | None) -> tuple[Table, bool]:
    """The table of these entries, and whether it is another one."""
    return Table(entries), before is None or list(before) != entries
