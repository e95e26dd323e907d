"""A flow: one way to exchange messages with one peer, as the pure part of the endpoint sees it (RFC 5626 §2).

A passive record: whoever sends appends bytes to `out`, the transport writes them out. No sockets here.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Transport(StrEnum):
    """The transports of this endpoint, named as in `;transport=`."""

    TCP = "tcp"
    UDP = "udp"
    TLS = "tls"


@dataclass(slots=True, eq=False)
class Flow:
    """`local` is what we say of ourselves in Via and Contact (host, port), `remote` where the peer's bytes
    come from.

    `via` and `source` are the same two as they stand in messages, `reliable` whether the transport repeats
    what is lost by itself (RFC 3261 §17), `reached` whether the peer was ever there, `unanswered` how many
    requests of the peer wait for our answer, `waiting` how many of ours for the peer's, `cut` that we have
    cut it with bytes of ours unsent.
    """

    transport: Transport
    local: tuple[str, int]
    remote: tuple[str, int]
    out: list[bytes] = field(default_factory=list)
    closed: bool = False
    cut: bool = False
    reached: bool = True
    unanswered: int = 0
    waiting: int = 0
    reliable: bool = field(init=False)
    via: bytes = field(init=False)
    source: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.reliable = self.transport is not Transport.UDP
        self.via = f"SIP/2.0/{self.transport.upper()} {_host_port(self.local)};branch=".encode()
        self.source = self.remote[0].encode()

    def connected(self, remote: tuple[str, int]) -> None:
        """A flow that was dialled by name has reached this address."""
        self.remote = remote
        self.source = remote[0].encode()
        self.reached = True

    @property
    def contact_address(self) -> str:
        """`host:port;transport=...` for a Contact URI that leads back to this flow's listener."""
        return f"{_host_port(self.local)};transport={self.transport}"


def _host_port(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request of ours has to go when its flow is gone (RFC 3261 §18.1.1, RFC 3263 without SRV)."""

    transport: Transport
    host: str
    port: int
