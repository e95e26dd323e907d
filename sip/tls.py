"""TLS on accepted connections: the handshake comes after the limits of connections (RFC 3261 §26.2.1).

Shell. Which certificates there are is the application's matter.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """The contexts of the moment, asked for at every handshake, so that certificates can change.

    `name` is the host name in our certificate.
    """

    server: Callable[[], ssl.SSLContext]
    client: Callable[[], ssl.SSLContext]
    name: str = ""


async def shake_hands(
    plain: asyncio.Transport, protocol: asyncio.Protocol, context: ssl.SSLContext, limit: float
) -> asyncio.Transport | None:
    """The secured transport; None where the peer failed, or took longer than `limit` seconds."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.start_tls(plain, protocol, context, server_side=True, ssl_handshake_timeout=limit)
    except OSError:  # ssl.SSLError, resets and time-outs among them
        return None
