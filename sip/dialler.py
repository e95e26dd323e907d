"""Connections of our own: those a client waits for, and those for requests that have lost their flow.

Shell. A task for each attempt, none for a connection. RFC 3261 §18.1.1, RFC 3263 without SRV.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from .connection import Connection, Owner
from .datagrams import DatagramSockets
from .flow import Flow, Target, Transport
from .tls import TlsContexts


class Dialler:
    """`contexts` gives what TLS needs or raises OSError; `lost` is told of flows that came to nothing."""

    def __init__(
        self,
        owner: Owner,
        sockets: DatagramSockets,
        contexts: Callable[[], TlsContexts],
        lost: Callable[[Flow], None],
    ) -> None:
        self._owner = owner
        self._sockets = sockets
        self._contexts = contexts
        self._lost = lost
        self._attempts: dict[Flow, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._attempts)

    async def connect(self, target: Target) -> Flow:
        """Open a flow to a peer. Raises OSError, TimeoutError among them."""
        if target.transport is Transport.UDP:
            return await self._sockets.reach(target)
        return (await self._reach(target, None)).flow

    def dial(self, target: Target, flow: Flow) -> None:
        """Open a connection for a flow on which messages wait already."""
        self._attempts[flow] = asyncio.get_running_loop().create_task(self._dial(target, flow))

    def sweep(self) -> None:
        """Give up attempts for which too much waits."""
        for flow, task in list(self._attempts.items()):
            if sum(map(len, flow.out)) > self._owner.limits.unsent:
                task.cancel()
                self._lost(flow)

    async def close(self) -> None:
        """Give up every attempt."""
        tasks = list(self._attempts.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _dial(self, target: Target, flow: Flow) -> None:
        try:
            if target.transport is Transport.UDP:
                await self._sockets.reach(target, flow)
            else:
                await self._reach(target, flow)
        except (OSError, ValueError):  # ValueError: a name that no resolver takes
            if not flow.reached:
                self._owner.counters.dial_failures += 1
                await asyncio.sleep(self._owner.limits.redial)
                self._lost(flow)
        finally:
            self._attempts.pop(flow, None)

    async def _reach(self, target: Target, flow: Flow | None) -> Connection:
        secure = target.transport is Transport.TLS
        async with asyncio.timeout(self._owner.limits.connect):
            _, connection = await asyncio.get_running_loop().create_connection(
                partial(Connection, self._owner, target.transport, flow=flow),
                target.host,
                target.port,
                ssl=self._contexts().client() if secure else None,
                server_hostname=target.host if secure else None,
            )
        return connection
