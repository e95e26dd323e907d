"""Runs the links to the CTIManagers, and lets them follow a configuration that names others. Shell: owns the
tasks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from ctimgr_client import CtiManagerAddress, CtiManagers

from .log import get_logger
from .reconcile import reconcile

_LOG = get_logger("cstagw.node")


class Linking:
    """`wanted` is what is configured at that moment; `on_broken` is called where the links have ended by
    themselves: without them a node is of no use, a new process may be."""

    def __init__(
        self,
        managers: CtiManagers,
        wanted: Callable[[], Sequence[CtiManagerAddress]],
        on_broken: Callable[[], None],
    ) -> None:
        self._managers = managers
        self._wanted = wanted
        self._on_broken = on_broken
        self._following: asyncio.Task[None] | None = None

    def start(self, started: AsyncExitStack) -> None:
        """Dial them all."""
        links = asyncio.create_task(self._managers.run(), name="cti links")
        links.add_done_callback(self._ended)
        started.push_async_callback(_cancelled, links)
        started.push_async_callback(self._stop_following)

    def follow(self) -> None:
        """Other CTIManagers are configured: the links follow, and look again at every step."""
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._reconcile(), name="cti changes")

    async def _reconcile(self) -> None:
        try:
            await reconcile(self._managers, self._wanted)
        except Exception as error:  # noqa: BLE001 - the links there are go on
            _LOG.error("node.links_not_changed", exc_info=error)

    async def _stop_following(self) -> None:
        if self._following is not None:
            await _cancelled(self._following)

    def _ended(self, links: asyncio.Task[None]) -> None:
        if not links.cancelled():
            _LOG.error("node.links_ended", exc_info=links.exception())
            self._on_broken()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
