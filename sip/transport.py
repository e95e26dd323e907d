"""The shell of the SIP endpoint: listeners, connections, the clock and the writing (RFC 3261 §18).

The only module of this room that touches sockets and the event loop. Everything that decides is in `agent`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from .agent import Agent
from .core import Settings
from .events import Event
from .flow import Flow, Target, Transport
from .framer import Frame, Framer, Limits, Ping

#: How many messages of one connection are served before others get a turn.
_BATCH = 100
#: Deadlines are kept to this grain, in seconds.
_GRAIN = 0.05
_BACKLOG = 512

Application = Callable[[Event, float], None]
OnError = Callable[[str, BaseException], None]


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """One listener: transport, host and port (0: any free one)."""

    transport: Transport
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Bounds of the shell. Times in seconds, sizes in bytes (the framer has its own)."""

    connections: int = 512
    connections_per_address: int = 64
    first_message: float = 10.0
    header: float = 5.0
    body: float = 10.0
    unsent: int = 1024 * 1024
    blocked: float = 10.0
    connect: float = 5.0
    framing: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class Counters:
    """What the shell has counted, for metrics."""

    accepted: int = 0
    refused_limit: int = 0
    timed_out: int = 0
    slow_peers: int = 0
    dial_failures: int = 0
    received: int = 0
    sent_bytes: int = 0


class Endpoint:
    """Runs an `Agent` on the event loop. `application` gets every event and must not block."""

    def __init__(
        self,
        application: Application,
        *,
        settings: Settings | None = None,
        limits: TransportLimits | None = None,
        advertise: str = "",
        on_error: OnError | None = None,
    ) -> None:
        self._application = application
        self._advertise = advertise
        self._on_error = on_error
        self._loop = asyncio.get_running_loop()
        self._servers: list[asyncio.Server] = []
        self._bound: dict[Transport, int] = {}
        self._connections: dict[Flow, _Connection] = {}
        self._per_address: dict[str, int] = {}
        self._dialling: set[asyncio.Task[None]] = set()
        self._wake: asyncio.TimerHandle | None = None
        self._wake_at = 0.0
        self._flush_soon = False
        self.limits = limits or TransportLimits()
        self.counters = Counters()
        self.agent = Agent(settings or Settings(), lambda: secrets.token_hex(8).encode(), self._local_for)
        self._sweeper = self._loop.call_later(1.0, self._sweep)

    # --- life -------------------------------------------------------------------------------------------------------------

    async def listen(self, addresses: Sequence[ListenAddress]) -> list[ListenAddress]:
        """Bind every listener, all or none; gives back the addresses with their real ports. Raises OSError."""
        bound: list[ListenAddress] = []
        for address in addresses:
            server = await self._loop.create_server(
                lambda port=address.port, kind=address.transport: _Connection(self, kind, port),
                address.host,
                address.port,
                backlog=_BACKLOG,
            )
            self._servers.append(server)
            port = server.sockets[0].getsockname()[1]
            self._bound.setdefault(address.transport, port)
            bound.append(ListenAddress(address.transport, address.host, port))
        return bound

    async def connect(self, target: Target) -> Flow:
        """Open a flow to a peer, for a client. Raises OSError or TimeoutError."""
        async with asyncio.timeout(self.limits.connect):
            _, connection = await self._loop.create_connection(
                lambda: _Connection(self, target.transport, 0), target.host, target.port
            )
        return connection.flow

    async def close(self) -> None:
        """Close the listeners and every flow; what is written already still leaves."""
        for server in self._servers:
            server.close()
        self.flush()
        for task in list(self._dialling):
            task.cancel()
        for connection in list(self._connections.values()):
            connection.close()
        self._sweeper.cancel()
        if self._wake is not None:
            self._wake.cancel()
        await asyncio.sleep(0)

    @property
    def connection_count(self) -> int:
        """Open connections."""
        return len(self._connections)

    @property
    def now(self) -> float:
        """The endpoint's clock: the loop's monotonic seconds."""
        return self._loop.time()

    # --- in and out -------------------------------------------------------------------------------------------------------

    def serve(self, flow: Flow, frame: Frame | Ping) -> None:
        """Take one frame; whatever goes wrong with it stays with it."""
        now = self._loop.time()
        self.counters.received += 1
        try:
            events = self.agent.receive(flow, frame, now)
        except Exception as error:  # noqa: BLE001 - one message must never cost the connection
            self._report("a SIP message could not be served", error)
            return
        self._tell(events, now)

    def flush(self) -> None:
        """Write what has gathered, one write per flow, dial what is missing, and set the clock."""
        self._flush_soon = False
        self._tell(self.agent.take_events(), self._loop.time())
        for flow in self.agent.take_dirty():
            connection = self._connections.get(flow)
            if connection is not None:
                connection.write()
        for target, flow in self.agent.take_dials():
            task = self._loop.create_task(self._dial(target, flow))
            self._dialling.add(task)
            task.add_done_callback(self._dialling.discard)
        self._set_clock()

    def flush_soon(self) -> None:
        """Flush once at the end of this turn of the loop."""
        if not self._flush_soon:
            self._flush_soon = True
            self._loop.call_soon(self.flush)

    def flow_lost(self, flow: Flow) -> None:
        """A connection is gone."""
        self._connections.pop(flow, None)
        host = flow.remote[0]
        left = self._per_address.get(host, 1) - 1
        if left > 0:
            self._per_address[host] = left
        else:
            self._per_address.pop(host, None)
        now = self._loop.time()
        self._tell(self.agent.flow_lost(flow, now), now)
        self.flush_soon()

    def admit(self, connection: _Connection) -> bool:
        """Count a new connection in, or refuse it where a limit is reached."""
        host = connection.flow.remote[0]
        limits = self.limits
        if (
            len(self._connections) >= limits.connections
            or self._per_address.get(host, 0) >= limits.connections_per_address
        ):
            self.counters.refused_limit += 1
            return False
        self.counters.accepted += 1
        self._per_address[host] = self._per_address.get(host, 0) + 1
        self._connections[connection.flow] = connection
        return True

    def local_address(
        self, kind: Transport, socket_name: tuple[str, int], listener_port: int
    ) -> tuple[str, int]:
        """What a flow says of itself in Via and Contact: the advertised host, the port of the listener."""
        return (self._advertise or socket_name[0], listener_port or self._bound.get(kind) or socket_name[1])

    def _local_for(self, target: Target, near: Flow) -> tuple[str, int]:
        return (self._advertise or near.local[0], self._bound.get(target.transport, near.local[1]))

    def _tell(self, events: list[Event], now: float) -> None:
        while events:
            for event in events:
                try:
                    self._application(event, now)
                except Exception as error:  # noqa: BLE001 - the application's fault must not stop the endpoint
                    self._report(f"{type(event).__name__} could not be handled", error)
            events = self.agent.take_events()

    def _report(self, what: str, error: BaseException) -> None:
        if self._on_error is not None:
            self._on_error(what, error)
        else:
            self._loop.call_exception_handler({"message": what, "exception": error})

    async def _dial(self, target: Target, flow: Flow) -> None:
        try:
            async with asyncio.timeout(self.limits.connect):
                await self._loop.create_connection(
                    lambda: _Connection(self, target.transport, 0, flow), target.host, target.port
                )
        except OSError:
            self.counters.dial_failures += 1
            self.flow_lost(flow)

    # --- clock ------------------------------------------------------------------------------------------------------------

    def _set_clock(self) -> None:
        due = self.agent.next_deadline()
        if due is None or (self._wake is not None and self._wake_at <= due):
            return
        if self._wake is not None:
            self._wake.cancel()
        self._wake_at = max(due, self._loop.time() + _GRAIN)
        self._wake = self._loop.call_at(self._wake_at, self._tick)

    def _tick(self) -> None:
        self._wake = None
        now = self._loop.time()
        self._tell(self.agent.tick(now), now)
        self.flush()

    def _sweep(self) -> None:
        self._sweeper = self._loop.call_later(1.0, self._sweep)
        now = self._loop.time()
        for connection in list(self._connections.values()):
            connection.sweep(now)


class _Connection(asyncio.Protocol):
    """One TCP connection: reads frames, writes what its flow has gathered, holds its own time limits."""

    def __init__(
        self, endpoint: Endpoint, kind: Transport, listener_port: int, flow: Flow | None = None
    ) -> None:
        self._endpoint = endpoint
        self._kind = kind
        self._listener_port = listener_port
        self._dialled = flow
        self._framer = Framer(endpoint.limits.framing)
        self._pending: deque[Frame | Ping] = deque()
        self._blocked_since = 0.0
        self._message_since = 0.0
        self._silent_since = endpoint.now
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream protocol gets a stream transport, but other loops than asyncio's have classes of their own.
        self._transport = cast(asyncio.Transport, transport)
        endpoint = self._endpoint
        remote = self._transport.get_extra_info("peername")[:2]
        if self._dialled is not None:
            self.flow = self._dialled
        else:
            name = self._transport.get_extra_info("sockname")[:2]
            port = self._listener_port or name[1]
            self.flow = Flow(self._kind, endpoint.local_address(self._kind, name, port), remote)
        if not endpoint.admit(self):
            self._closing = True
            self._transport.abort()
            return
        if self.flow.out:
            self.write()

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        frames = self._framer.receive_data(data)
        self._message_since = self._endpoint.now if self._framer.partial else 0.0
        if frames:
            self._silent_since = 0.0
            self._pending.extend(frames)
            if len(self._pending) == len(frames):
                self._serve()

    def _serve(self) -> None:
        pending, endpoint, flow = self._pending, self._endpoint, self.flow
        for _ in range(min(_BATCH, len(pending))):
            endpoint.serve(flow, pending.popleft())
        endpoint.flush()
        if pending and not self._closing:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._serve_rest)
        elif self._framer.lost:
            self.close()

    def _serve_rest(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._serve()

    def write(self) -> None:
        """Write what the flow has gathered; a peer that takes nothing is cut at the limit."""
        flow = self.flow
        chunk = b"".join(flow.out)
        flow.out.clear()
        self._endpoint.counters.sent_bytes += len(chunk)
        self._transport.write(chunk)
        if self._transport.get_write_buffer_size() > self._endpoint.limits.unsent:
            self._cut()

    def sweep(self, now: float) -> None:
        """Hold the time limits."""
        limits = self._endpoint.limits
        if self._blocked_since and now - self._blocked_since > limits.blocked:
            self._cut()
            return
        allowed = limits.body if self._framer.in_body else limits.header
        late = self._message_since and now - self._message_since > allowed
        silent = (
            self._silent_since and self._dialled is None and now - self._silent_since > limits.first_message
        )
        if late or silent:
            self._endpoint.counters.timed_out += 1
            self.close()

    def close(self) -> None:
        """Close after what is written has left."""
        self._closing = True
        self._transport.close()

    def pause_writing(self) -> None:
        self._blocked_since = self._endpoint.now

    def resume_writing(self) -> None:
        self._blocked_since = 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._pending.clear()
        self._endpoint.flow_lost(self.flow)

    def _cut(self) -> None:
        self._endpoint.counters.slow_peers += 1
        self._closing = True
        self._transport.abort()
