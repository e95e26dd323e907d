"""The shell of the SIP endpoint: listeners, the clock, dialling and the writing (RFC 3261 §18).

Touches the event loop, and through `connection` the sockets. Everything that decides is in `agent`.
"""

from __future__ import annotations

import asyncio
import errno
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from .agent import Agent
from .connection import Address, Connection, Counters, TransportLimits
from .core import Settings
from .events import Event, InfoReceived, InviteReceived, OptionsReceived, RefreshReceived
from .flow import Flow, Target, Transport
from .framer import Frame, Ping

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


class Endpoint:
    """Runs an `Agent` on the event loop. `application` gets every event and must not block.

    A request whose event the application fails on is answered 500, unless it was answered before.
    """

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
        self._ports: dict[Transport, int] = {}
        self._connections: dict[Flow, Connection] = {}
        self._per_address: dict[str, int] = {}
        self._dialling: dict[Flow, asyncio.Task[None]] = {}
        self._wake: asyncio.TimerHandle | None = None
        self._flush_soon = False
        self._one_gone = asyncio.Event()
        self._closed = False
        self.limits = limits or TransportLimits()
        self.counters = Counters()
        self.agent = Agent(settings or Settings(), lambda: secrets.token_hex(8).encode(), self._local_for)
        self._sweeper = self._loop.call_later(self.limits.sweep, self._sweep)

    # --- life ---------------------------------------------------------------------------------------------

    async def listen(self, addresses: Sequence[ListenAddress]) -> list[ListenAddress]:
        """Bind all listeners or none; gives back the addresses with their real ports. Raises OSError."""
        bound: list[ListenAddress] = []
        servers: list[asyncio.Server] = []
        try:
            for address in addresses:
                servers.append(await self._bind(address))
                port = servers[-1].sockets[0].getsockname()[1]
                bound.append(ListenAddress(address.transport, address.host, port))
        except OSError:
            for server in servers:
                server.close()
            raise
        self._servers += servers
        for address in bound:
            self._ports.setdefault(address.transport, address.port)
        return bound

    async def connect(self, target: Target) -> Flow:
        """Open a flow to a peer, for a client. Raises OSError or TimeoutError."""
        connection = await self._reach(target, partial(Connection, self, target.transport))
        return connection.flow

    async def close(self) -> None:
        """Close the listeners and every flow; what is written already still leaves."""
        for server in self._servers:
            server.close()
        self.flush()
        self._closed = True
        self._sweeper.cancel()
        if self._wake is not None:
            self._wake.cancel()
        dialling = list(self._dialling.values())
        for task in dialling:
            task.cancel()
        await asyncio.gather(*dialling, return_exceptions=True)
        for connection in list(self._connections.values()):
            connection.close()
        try:
            async with asyncio.timeout(self.limits.linger):
                while self._connections:
                    self._one_gone.clear()
                    await self._one_gone.wait()
        except TimeoutError:
            for connection in list(self._connections.values()):
                connection.abort()
        await asyncio.sleep(0)

    @property
    def connection_count(self) -> int:
        """Open connections."""
        return len(self._connections)

    @property
    def now(self) -> float:
        """The endpoint's clock: the loop's monotonic seconds."""
        return self._loop.time()

    # --- in and out ---------------------------------------------------------------------------------------

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
        if self._closed:
            return
        self._tell(self.agent.take_events(), self._loop.time())
        for flow in self.agent.take_dirty():
            connection = self._connections.get(flow)
            if connection is not None:
                connection.write()
        for target, flow in self.agent.take_dials():
            self._dialling[flow] = self._loop.create_task(self._dial(target, flow))
        self._set_clock()

    def flush_soon(self) -> None:
        """Flush once at the end of this turn of the loop."""
        if not self._flush_soon:
            self._flush_soon = True
            self._loop.call_soon(self.flush)

    def _tell(self, events: list[Event], now: float) -> None:
        while events:
            for event in events:
                try:
                    self._application(event, now)
                except Exception as error:  # noqa: BLE001 - the application's fault must not stop us
                    self._report(f"{type(event).__name__} could not be handled", error)
                    if isinstance(event, InfoReceived | InviteReceived | RefreshReceived | OptionsReceived):
                        self.agent.reject(event.transaction, 500, "the request could not be handled", now)
            events = self.agent.take_events()

    def _report(self, what: str, error: BaseException) -> None:
        if self._on_error is not None:
            self._on_error(what, error)
        else:
            self._loop.call_exception_handler({"message": what, "exception": error})

    # --- connections --------------------------------------------------------------------------------------

    def admit(self, connection: Connection) -> bool:
        """Count a new connection in, or refuse one that a listener took where a limit is reached."""
        if connection.accepted:
            host, limits = connection.flow.remote[0], self.limits
            of_address = self._per_address.get(host, 0)
            if len(self._connections) >= limits.connections or of_address >= limits.connections_per_address:
                self.counters.refused_limit += 1
                return False
            self.counters.accepted += 1
            self._per_address[host] = of_address + 1
        self._connections[connection.flow] = connection
        return True

    def lost(self, connection: Connection) -> None:
        """A connection is gone."""
        flow = connection.flow
        admitted = self._connections.pop(flow, None) is not None
        if admitted and connection.accepted:
            host = flow.remote[0]
            self._per_address[host] -= 1
            if not self._per_address[host]:
                del self._per_address[host]
        self._one_gone.set()
        if admitted or connection.dialled:
            self._flow_lost(flow)

    def local_address(self, own: Address) -> Address:
        """What a flow says of itself in Via and Contact: the advertised host, or what the peer reached."""
        return (self._advertise or own[0], own[1])

    def _local_for(self, target: Target, near: Flow) -> Address:
        return (self._advertise or near.local[0], self._ports.get(target.transport, near.local[1]))

    def _flow_lost(self, flow: Flow) -> None:
        now = self._loop.time()
        self._tell(self.agent.flow_lost(flow, now), now)
        self.flush_soon()

    async def _bind(self, address: ListenAddress) -> asyncio.Server:
        _stream_only(address.transport)
        accept = partial(Connection, self, address.transport, accepted=True)
        return await self._loop.create_server(accept, address.host, address.port, backlog=_BACKLOG)

    async def _reach(self, target: Target, make: Callable[[], Connection]) -> Connection:
        _stream_only(target.transport)
        async with asyncio.timeout(self.limits.connect):
            _, connection = await self._loop.create_connection(make, target.host, target.port)
        return connection

    async def _dial(self, target: Target, flow: Flow) -> None:
        try:
            await self._reach(target, partial(Connection, self, target.transport, flow=flow))
        except (OSError, ValueError):  # ValueError: a name that no resolver takes
            if flow not in self._connections:
                self.counters.dial_failures += 1
                await asyncio.sleep(self.limits.redial)
                self._flow_lost(flow)
        finally:
            self._dialling.pop(flow, None)

    # --- clock --------------------------------------------------------------------------------------------

    def _set_clock(self) -> None:
        due = self.agent.next_deadline()
        if due is None or (self._wake is not None and self._wake.when() <= due + _GRAIN):
            return
        if self._wake is not None:
            self._wake.cancel()
        self._wake = self._loop.call_at(max(due, self._loop.time() + _GRAIN), self._tick)

    def _tick(self) -> None:
        self._wake = None
        now = self._loop.time()
        try:
            events = self.agent.tick(now)
        except Exception as error:  # noqa: BLE001 - the clock must go on
            self._report("a deadline could not be kept", error)
            events = self.agent.take_events()
        self._tell(events, now)
        self.flush()

    def _sweep(self) -> None:
        self._sweeper = self._loop.call_later(self.limits.sweep, self._sweep)
        now = self._loop.time()
        for connection in list(self._connections.values()):
            connection.sweep(now)
        for flow, task in list(self._dialling.items()):
            if sum(map(len, flow.out)) > self.limits.unsent:
                task.cancel()
                self._flow_lost(flow)


def _stream_only(kind: Transport) -> None:
    if kind is not Transport.TCP:
        raise OSError(errno.EPROTONOSUPPORT, f"{kind} is not served yet")
