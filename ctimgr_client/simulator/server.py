"""One simulated CTIManager on the network: listens, carries frames to and from its providers, and breaks as
it is told.

Shell: the listener is here, connections are `serving.stream`, decisions are in `provider`. Faults: `crash`
resets every connection (RST) and stops listening; `hang` accepts but neither reads nor writes; `refuse`
only stops listening, so that the kernel refuses (what is connected goes on); `slow` sends everything late.
"""

import asyncio
from collections import deque
from math import inf

import structlog

from ctimgr_client.serving.stream import MAX_UNSENT, House, Stream
from ctimgr_client.simulator.ctimanager import CtiManager, Fault
from ctimgr_client.simulator.provider import Provider

SPARE_CONNECTIONS = 100  # beyond the limit of sessions, to be told that none is left

_DEAF = (Fault.CRASH, Fault.REFUSE)
_log = structlog.get_logger("cstagw.sim")


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
            connection.flush()
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


class Connection(Stream):
    """One TCP connection; its provider is the application behind it."""

    def __init__(self, server: CtiServer) -> None:
        super().__init__(server.house)
        self._server = server
        self._late: deque[tuple[float, bytes]] = deque()
        self._late_size = 0
        self.provider = self.conversation = Provider(server.cti, self.house.now(), self.wake)

    def may_come_in(self) -> bool:
        if len(self._server.connections) >= self._server.cti.limits.sessions + SPARE_CONNECTIONS:
            return False
        self._server.connections.add(self)
        return True

    def gone(self) -> None:
        self._late.clear()
        self._server.connections.discard(self)

    def does_not_read(self) -> None:
        _log.warning("sim.client_does_not_read", ctimanager=self._server.cti.name)

    def is_deaf(self) -> bool:
        return self._server.cti.fault is Fault.HANG

    def keeps_back(self) -> bool:
        return bool(self._late)

    def send(self, data: bytes) -> None:
        """Write it, or keep it while the CTIManager is slow or hangs."""
        if self._server.delay or self._late:
            self._write_later(data, self.house.now() + self._server.delay)
        else:
            self.write(data)

    def take_fault(self) -> None:
        """The server's fault has changed: what was kept back leaves now, or at its new time."""
        kept, self._late_size = b"".join(data for _, data in self._late), 0
        self._late.clear()
        if kept and self._server.delay:
            self._write_later(kept, self.house.now() + self._server.delay)
        elif kept:
            self.write(kept)
        self.pause_if_needed()
        self.work_soon()
        self.wake()

    def _write_later(self, data: bytes, due: float) -> None:
        self._late.append((due, data))
        self._late_size += len(data)
        if self._late_size > MAX_UNSENT:
            self.cut()
        elif due < inf:
            self._server.cti.cluster.timers.at(due, self._release)

    def _release(self, now: float) -> None:
        while self._late and self._late[0][0] <= now:
            data = self._late.popleft()[1]
            self._late_size -= len(data)
            self.write(data)
        self.close_if_over()
