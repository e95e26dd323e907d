"""Names to addresses, and which address of ours a peer reaches us at.

Shell: asks the resolver and the kernel's routing table, sends nothing.
"""

from __future__ import annotations

import asyncio
import socket

from .flow import Target

Address = tuple[str, int]

_WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


async def resolve(target: Target) -> Address:
    """The first address of a target (RFC 3263 without SRV). Raises OSError or ValueError."""
    found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
    host, port = found[0][4][:2]
    return str(host), int(port)


def own_host(bound: str, remote: Address) -> str:
    """The host part of our own address towards a peer, for a socket that is bound to all addresses."""
    if bound not in _WILDCARDS:
        return bound
    family = socket.AF_INET6 if ":" in remote[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(remote)
        except OSError:
            return bound
        host: str = probe.getsockname()[0]
        return host
