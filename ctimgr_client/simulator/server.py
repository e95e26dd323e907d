"""One simulated CTIManager on the network: listens, carries frames to and from its providers, and breaks as
it is told.

Shell: sockets and the event loop are here, decisions are in `provider`. What is written during one turn
of the loop leaves in one write. Nothing grows without bound: reading pauses while frames wait for their
turn, and a client that does not read is cut above 1 MiB. Faults: `crash` resets every connection (RST)
and stops listening; `hang` accepts but neither reads nor writes; `refuse` only stops listening, so that
the kernel refuses (what is connected goes on); `slow` sends everything late.
"""

import asyncio
import socket
import struct
from collections import deque
from math import inf
from typing import Protocol, cast

import structlog

from ctimgr_client.frames import Frame, FrameError, FrameReader
from ctimgr_client.simulator.ctimanager import CtiManager, Fault
from ctimgr_client.simulator.provider import Provider

MAX_UNSENT = 1024 * 1024
FRAMES_PER_TURN = 100
SPARE_CONNECTIONS = 100  # beyond the limit of sessions, to be told that none is left

_DEAF = (Fault.CRASH, Fault.REFUSE)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_log = structlog.get_logger("cstagw.sim")


class House(Protocol):
    """What a server needs of the simulator: the clock, and being asked back once per turn of the loop."""

    def now(self) -> float: ...
    def settle(self) -> None: ...
    def flush_soon(self, connection: "Connection") -> None: ...


class CtiServer:
    """The listener of one CTIManager and its connections."""

    def __init__(self, cti: CtiManager, house: House) -> None:
        self.cti = cti
        self.house = house
        self.host, self.port = "", 0
        self.delay = 0.0
        self.connections: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._changing = asyncio.Lock()

    @property
    def listening(self) -> bool:
        return self._listener is not None

    async def listen(self, host: str, port: int) -> None:
        """Port 0: any free one, which is then kept."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self), host, port)
        self.host, self.port = host, self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Say good-bye to the applications and stop."""
        self._stop_listening()
        for connection in tuple(self.connections):
            connection.provider.terminate("the CTIManager is shutting down")
            connection.flush(self.house.now())
            connection.close()

    async def set_fault(self, fault: Fault, delay: float = 0.0) -> None:
        """Break as told, or be whole again. OSError when the port is taken by now; nothing changes then."""
        async with self._changing:
            if fault in _DEAF:
                self._stop_listening()
            elif not self.listening:
                await self.listen(self.host, self.port)
            self.cti.fault = fault
            self.delay = {Fault.HANG: inf, Fault.SLOW: delay}.get(fault, 0.0)
            _log.warning("sim.fault", ctimanager=self.cti.name, fault=str(fault))
            for connection in tuple(self.connections):
                if fault is Fault.CRASH:
                    connection.reset()
                else:
                    connection.take_fault()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class Connection(asyncio.Protocol):
    """One TCP connection; its provider is the application behind it."""

    def __init__(self, server: CtiServer) -> None:
        self._server = server
        self._house = server.house
        self._reader = FrameReader()
        self._backlog: deque[Frame] = deque()
        self._late: deque[tuple[float, bytes]] = deque()
        self._late_size = 0
        self._broken = False
        self._work_is_due = False
        self._paused = False
        self._transport: asyncio.Transport | None = None
        self.flush_is_due = False
        self.provider = Provider(server.cti, self._house.now(), self._wake)

    # -- called by the event loop --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # a stream, as it was made for a TCP socket
        if len(self._server.connections) >= self._server.cti.limits.sessions + SPARE_CONNECTIONS:
            self.reset()
            return
        self._server.connections.add(self)
        self._pause_if_needed()
        self._house.settle()

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._reader.receive_data(data)
        except FrameError as error:
            frames, self._broken = error.frames, True
        self._backlog.extend(frames)
        if not self._work_is_due:
            self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._backlog.clear()
        self._late.clear()
        self._server.connections.discard(self)
        self.provider.end()

    # -- called by the server and the simulator ------------------------------------------------------------

    def flush(self, now: float) -> None:
        """Write what the provider has to say, or keep it while the CTIManager is slow or hangs."""
        self.flush_is_due = False
        if self.provider.out:
            data = b"".join(self.provider.out)
            self.provider.out.clear()
            if self._server.delay or self._late:
                self._write_later(data, now + self._server.delay)
            else:
                self._write(data)
        if self.provider.ended and not self._late:
            self.close()

    def take_fault(self) -> None:
        """The server's fault has changed: what was kept back leaves now, or at its new time."""
        now = self._house.now()
        kept, self._late_size = b"".join(data for _, data in self._late), 0
        self._late.clear()
        if kept and self._server.delay:
            self._write_later(kept, now + self._server.delay)
        elif kept:
            self._write(kept)
        self._pause_if_needed()
        self._work_soon()
        self._wake()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """As a crash looks from outside: RST instead of FIN, what was not sent is lost."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
        self.provider.end()

    # -- inside --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Some frames of the last read; the loop breathes in between."""
        self._work_is_due = False
        if self._server.cti.fault is Fault.HANG:
            return
        now = self._house.now()
        for _ in range(min(len(self._backlog), FRAMES_PER_TURN)):
            self.provider.receive(self._backlog.popleft(), now)
        if self._backlog:
            self._work_soon()
        elif self._broken:
            self.provider.end()
        self._pause_if_needed()
        self._house.settle()

    def _work_soon(self) -> None:
        if not self._work_is_due:
            self._work_is_due = True
            asyncio.get_running_loop().call_soon(self._work)

    def _wake(self) -> None:
        self._house.flush_soon(self)

    def _pause_if_needed(self) -> None:
        pause = bool(self._backlog) or self._server.cti.fault is Fault.HANG
        if self._transport is None or pause is self._paused:
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _write(self, data: bytes) -> None:
        if self._transport is None:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self._cut()

    def _write_later(self, data: bytes, due: float) -> None:
        self._late.append((due, data))
        self._late_size += len(data)
        if self._late_size > MAX_UNSENT:
            self._cut()
        elif due < inf:
            self._server.cti.cluster.timers.at(due, self._release)

    def _release(self, now: float) -> None:
        while self._late and self._late[0][0] <= now:
            data = self._late.popleft()[1]
            self._late_size -= len(data)
            self._write(data)
        if self.provider.ended and not self._late:
            self.close()

    def _cut(self) -> None:
        _log.warning("sim.client_does_not_read", ctimanager=self._server.cti.name)
        self.reset()
