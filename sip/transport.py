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
from .census import Census
from .connection import Address, Carrier, Connection
from .core import Settings
from .datagrams import Datagrams, DatagramSockets
from .dialler import Dialler
from .events import Event, InfoReceived, InviteReceived, OptionsReceived, RefreshReceived
from .flow import Flow, Target, Transport
from .framer import Frame, Ping
from .limits import Counters, TransportLimits
from .tls import TlsChannel, TlsContexts

#: Deadlines are kept to this grain, in seconds.
_GRAIN = 0.05
#: A clock that runs so much too late gives what has arrived meanwhile so long to be read first (seconds).
_LATE, _GRACE = 0.5, 0.1
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

    A request whose event the application fails on is answered 500, unless it was answered before. `tos` marks
    the IP packets of every socket.
    """

    def __init__(
        self,
        application: Application,
        *,
        settings: Settings | None = None,
        limits: TransportLimits | None = None,
        advertise: str = "",
        tls: TlsContexts | None = None,
        on_error: OnError | None = None,
        tos: int = 0,
    ) -> None:
        self._application = application
        self._advertise = advertise
        self._tls = tls
        self._on_error = on_error
        self._loop = asyncio.get_running_loop()
        self._listeners: list[asyncio.Server] = []
        self._sockets = DatagramSockets(self)
        self._dialler = Dialler(self, self._sockets, self._contexts, self._flow_lost)
        self._carriers: dict[Flow, Carrier] = {}
        self._ports: dict[Transport, int] = {}
        self._connections: dict[Flow, Connection] = {}
        self._wake: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._granted = False
        self._swept = self._loop.time()
        self._flush_soon = False
        self._one_gone = asyncio.Event()
        self._closed = False
        self.tos = tos
        self.limits = limits or TransportLimits()
        self.counters = Counters()
        self._census = Census(self.limits.connections, self.limits.connections_per_address)
        token = secrets.token_hex
        self.agent = Agent(settings or Settings(), lambda: token(8).encode(), self._local_for, self._beside)
        self._sweeper = self._loop.call_later(self.limits.sweep, self._sweep)

    # --- life ---------------------------------------------------------------------------------------------

    async def listen(self, addresses: Sequence[ListenAddress]) -> list[ListenAddress]:
        """Bind all listeners or none; gives back the addresses with their real ports. Raises OSError."""
        bound: list[ListenAddress] = []
        undo: list[Callable[[], None]] = []
        try:
            for address in addresses:
                port, close = await self._bind(address)
                undo.append(close)
                bound.append(ListenAddress(address.transport, address.host, port))
        except OSError:
            for close in undo:
                close()
            raise
        for address in bound:
            self._ports.setdefault(address.transport, address.port)
        return bound

    async def connect(self, target: Target) -> Flow:
        """Open a flow to a peer, for a client. Raises OSError or TimeoutError."""
        return await self._dialler.connect(target)

    async def close(self) -> None:
        """Close the listeners and every flow; what is written already still leaves."""
        for listener in self._listeners:
            listener.close()
        self.flush()
        self._closed = True
        self._sweeper.cancel()
        if self._wake is not None:
            self._wake.cancel()
        await self._dialler.close()
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
        await self._sockets.close()
        await asyncio.sleep(0)

    @property
    def connection_counts(self) -> dict[str, int]:
        """Open connections by transport."""
        counts = {Transport.TCP.value: 0, Transport.TLS.value: 0}
        for flow in self._connections:
            counts[flow.transport] += 1
        return counts

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
            carrier = self._carriers.get(flow)
            if carrier is not None:
                carrier.write(flow)
        for target, flow in self.agent.take_dials():
            self._dialler.dial(target, flow)
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
            if not self._census.enter(connection.flow.remote[0]):
                self.counters.refused_limit += 1
                return False
            self.counters.accepted += 1
        self._connections[connection.flow] = self._carriers[connection.flow] = connection
        return True

    def lost(self, connection: Connection) -> None:
        """A connection is gone."""
        flow = connection.flow
        admitted = self._connections.pop(flow, None) is not None
        self._carriers.pop(flow, None)
        if admitted and connection.accepted:
            self._census.leave(flow.remote[0])
        self._one_gone.set()
        if admitted or connection.dialled:
            self._flow_lost(flow)

    def carry(self, flow: Flow, carrier: Carrier) -> None:
        """This carrier writes what the flow gathers."""
        self._carriers[flow] = carrier

    def dropped(self, flow: Flow) -> None:
        """A datagram flow is carried no more."""
        self._carriers.pop(flow, None)
        self._flow_lost(flow)

    def channel(self) -> TlsChannel:
        """A TLS server's end for a connection that a listener took."""
        return TlsChannel(self._contexts().server())

    def local_address(self, kind: Transport, own: Address) -> Address:
        """What a flow says of itself in Via and Contact: the host advertised, for TLS the certificate's, or
        the address that the peer has reached.
        """
        name = self._tls.name if self._tls is not None and kind is Transport.TLS else ""
        return (self._advertise or name or own[0], own[1])

    def _local_for(self, target: Target, near: Flow) -> Address:
        host, port = self.local_address(target.transport, near.local)
        return (host, self._ports.get(target.transport, port))

    def _beside(self, flow: Flow, remote: Address) -> Flow:
        carrier = self._carriers.get(flow)
        return carrier.flow_to(remote) if isinstance(carrier, Datagrams) else flow

    def _flow_lost(self, flow: Flow) -> None:
        now = self._loop.time()
        self._tell(self.agent.flow_lost(flow, now), now)
        self.flush_soon()

    async def _bind(self, address: ListenAddress) -> tuple[int, Callable[[], None]]:
        """The port that is listened on now, and what undoes it."""
        kind, where = address.transport, (address.host, address.port)
        if kind is Transport.UDP:
            datagrams = await self._sockets.bind(where)
            return datagrams.local[1], datagrams.close
        if kind is Transport.TLS:
            self._contexts()
        accept = partial(Connection, self, kind, accepted=True)
        server = await self._loop.create_server(accept, *where, backlog=_BACKLOG)
        self._listeners.append(server)
        return server.sockets[0].getsockname()[1], server.close

    def _contexts(self) -> TlsContexts:
        if self._tls is None:
            raise OSError(errno.EPROTONOSUPPORT, "TLS needs a certificate")
        return self._tls

    # --- clock --------------------------------------------------------------------------------------------

    def _set_clock(self) -> None:
        due = self.agent.next_deadline()
        if due is None or (self._wake is not None and self._wake.when() <= due + _GRAIN):
            return
        if self._wake is not None:
            self._wake.cancel()
        self._due = max(due, self._loop.time() + _GRAIN)
        self._wake = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        self._wake = None
        now = self._loop.time()
        if now - self._due > _LATE and not self._granted:
            # The process stood still: what waits in the sockets came in time and is read first.
            self._granted = True
            self._wake = self._loop.call_at(now + _GRACE, self._tick)
            return
        self._granted = False
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
        stood_still = now - self._swept > 2 * self.limits.sweep + _LATE
        self._swept = now
        if stood_still:
            return
        for connection in list(self._connections.values()):
            connection.sweep(now)
        self._dialler.sweep()
