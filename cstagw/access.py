"""Who may control what, put together for one node: the directory and the choices of users, each kept up to
date by a task of its own, and the lines that sign-ins find in them.

Shell: owns the tasks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

from .caller import Identity
from .config import Config
from .directory import Directory
from .directory.last_good import LastGood
from .directory.refreshing import Refreshing
from .directory.sources import source_of
from .following import Following
from .lines import Lines
from .log import get_logger
from .numbers import Numbers
from .selection import Choices, Key
from .selection.keeping import FIRST_LOAD, Keeping
from .selection.stores import store_of
from .sign_in import Policy

#: In [state] folder.
_LAST_GOOD = "directory.last-good"

_LOG = get_logger("cstagw.node")


class Access:
    """Raises ConfigError where a certificate cannot be used. `lines` is what the gateway looks into."""

    def __init__(self, config: Config, numbers: Numbers) -> None:
        self._config = config
        source = source_of(config.directory)
        self.directory = Directory(source.kind, source.name) if source else Directory()
        choices = Choices()
        self.lines = Lines(
            self.directory, choices, numbers.dialled, frozenset(config.authorization.super_provider)
        )
        self.keeping = Keeping(store_of(config), choices, changed=self._choices_changed)
        self._following: Following | None = None
        self._refreshing: Refreshing | None = None
        if source is not None:
            self._refreshing = Refreshing(
                source,
                self.directory,
                LastGood(config.state.folder / _LAST_GOOD),
                changed=self._directory_changed,
                wall_clock=time.time,
            )

    def policy(self, numbers: Numbers) -> Policy:
        """What sign-ins go by."""
        session, authorization = self._config.session, self._config.authorization
        return Policy(
            self.lines,
            session.max_sessions,
            Identity(authorization.identity == "p-asserted-identity", authorization.peers),
            session.duplicate,
            numbers,
        )

    def use(self, numbers: Numbers) -> None:
        """Other rules for numbers are in force."""
        self.lines.dialled = numbers.dialled

    async def start(self, started: AsyncExitStack, following: Following) -> None:
        """Comes back when each was asked once or has had its time. With the open directory nobody's devices
        are known, so there is nothing to keep."""
        if self._refreshing is None:
            return
        self._following = following
        for name, keeper in (("directory", self._refreshing), ("selection", self.keeping)):
            task = asyncio.create_task(_for_ever(name, keeper.run()), name=name)
            started.push_async_callback(_ended, task)
        await self._refreshing.first.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOAD):
                await self.keeping.first.wait()

    def _directory_changed(self) -> None:
        if self._following is not None:
            self._following.directory_changed()

    def _choices_changed(self, keys: set[Key]) -> None:
        if self._following is not None:
            self._following.choices_changed(keys)

    def report(self) -> dict[str, object]:
        """How both are, as JSON."""
        keeping = self.keeping
        selection = {"name": keeping.name, "error": keeping.error, "cure": keeping.cure}
        return {"directory": self.directory.report(time.time()), "selection_store": selection}


async def _for_ever(name: str, run: Coroutine[Any, Any, None]) -> None:
    try:
        await run
    except Exception as error:  # noqa: BLE001 - what was had last stays in force
        _LOG.error("node.not_kept_up_to_date", what=name, exc_info=error)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
