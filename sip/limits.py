"""Bounds of the shell, and what it counts.

Pure values: `connection`, `datagrams` and `transport` hold the bounds and do the counting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .framer import Limits


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Bounds of the shell. Times in seconds, sizes in bytes (the framer has its own).

    `header` counts from a message's first byte, `body` from the end of its header section; `blocked` is how
    long a peer may take nothing, `unsent` how much may wait for it, `send_buffer` what the kernel may hold
    of it besides; `redial` is the least time between two attempts to reach a peer, `idle` how long a
    connection we dialled is kept unused; `linger` how long a last answer may take to leave; `handshake` how
    long TLS may take; `sweep` how often all this is looked at.
    """

    connections: int = 512
    connections_per_address: int = 64
    first_message: float = 10.0
    header: float = 5.0
    body: float = 10.0
    unsent: int = 384 * 1024
    send_buffer: int = 128 * 1024
    blocked: float = 8.0
    connect: float = 5.0
    handshake: float = 5.0
    redial: float = 1.0
    idle: float = 300.0
    linger: float = 1.0
    sweep: float = 1.0
    framing: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class Counters:
    """What the shell has counted, for metrics."""

    accepted: int = 0
    refused_limit: int = 0
    timed_out: int = 0
    slow_peers: int = 0
    dial_failures: int = 0
    handshakes: int = 0
    handshake_failures: int = 0
    datagrams_lost: int = 0
    received: int = 0
    sent_bytes: int = 0
