"""TLS on accepted connections: the handshake comes after the limits of connections (RFC 3261 §26.2.1).

Shell. Which certificates there are is the application's matter.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from .connection import Connection
from .limits import Counters


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """The contexts of the moment, asked for at every handshake, so that certificates can change.

    `name` is the host name in our certificate.
    """

    server: Callable[[], ssl.SSLContext]
    client: Callable[[], ssl.SSLContext]
    name: str = ""


class Handshakes:
    """The handshakes under way, a task each that ends within `limit` seconds."""

    def __init__(self, counters: Counters, limit: float) -> None:
        self._counters = counters
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, connection: Connection, contexts: TlsContexts) -> None:
        """Shake hands as a server; the connection goes on secured, or is lost."""
        task = asyncio.get_running_loop().create_task(self._shake(connection, contexts.server()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up those that are under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _shake(self, connection: Connection, context: ssl.SSLContext) -> None:
        plain = connection.transport
        secured = await _secured(plain, connection, context, self._limit)
        if secured is not None and not connection.closing:
            self._counters.handshakes += 1
            connection.shaken(secured)
            return
        self._counters.handshake_failures += 1
        plain.abort()
        # The event loop tells the protocol nothing of a connection that is lost before its handshake is done.
        connection.connection_lost(None)


async def _secured(
    plain: asyncio.Transport, protocol: asyncio.Protocol, context: ssl.SSLContext, limit: float
) -> asyncio.Transport | None:
    loop = asyncio.get_running_loop()
    try:
        return await loop.start_tls(plain, protocol, context, server_side=True, ssl_handshake_timeout=limit)
    except OSError:  # ssl.SSLError, resets and time-outs among them
        return None
