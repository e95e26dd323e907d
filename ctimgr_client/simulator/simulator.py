"""The simulated cluster as a whole: one cluster, one CTIManager per address, one timer.

Shell. Whatever changes the cluster (a frame, the control API, time) is followed by `settle`: what
happened goes to the monitors, the timer is set to the next deadline. What connections have to say is
written once per turn of the loop.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from aiohttp import web

from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.serving.limits import Limits
from ctimgr_client.serving.monitors import Monitors
from ctimgr_client.serving.stream import Stream
from ctimgr_client.simulator import control
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import CtiManager
from ctimgr_client.simulator.server import CtiServer

T = TypeVar("T")

_log = structlog.get_logger("cstagw.sim")


class Simulator:
    """`start` says where its CTIManagers listen; `routes` are the control API for an aiohttp application."""

    def __init__(self, *, phones: int = 0, limits: Limits | None = None, rehoming_delay: float = 0.5) -> None:
        self.cluster = Cluster(phones=phones, rehoming_delay=rehoming_delay)
        self.monitors = Monitors()
        self.servers: dict[str, CtiServer] = {}
        self._limits = limits or Limits()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._to_flush: list[Stream] = []

    async def start(self, listen: Sequence[tuple[str, int]]) -> list[CtiManagerAddress]:
        """One CTIManager per address, named ctim1, ctim2, ... Port 0: any free one. OSError: none started."""
        for number, (host, port) in enumerate(listen, start=1):
            cti = CtiManager(f"ctim{number}", self.cluster, self.monitors, self._limits, _alarm)
            server = self.servers[cti.name] = CtiServer(cti, self)
            try:
                await server.listen(host, port)
            except OSError:
                await self.stop()
                raise
        return [CtiManagerAddress(name, server.host, server.port) for name, server in self.servers.items()]

    async def stop(self) -> None:
        for server in self.servers.values():
            await server.close()
        if self._timer is not None:
            self._timer.cancel()

    def routes(self) -> list[web.RouteDef]:
        """The control API, /sim/v1/..."""
        return control.routes(self)

    def do(self, operation: Callable[[float], T]) -> T:
        """Let somebody do something at the cluster now; everybody who watches is told."""
        try:
            return operation(self.now())
        finally:
            self.settle()

    # -- what servers need ---------------------------------------------------------------------------------

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def settle(self) -> None:
        self.monitors.publish(self.cluster.take_facts())
        deadline = self.cluster.next_deadline()
        if deadline is None or (self._timer is not None and self._due <= deadline):
            return  # a timer that is too early finds nothing to do and is set anew
        if self._timer is not None:
            self._timer.cancel()
        self._due = deadline
        self._timer = asyncio.get_running_loop().call_at(deadline, self._tick)

    def flush_soon(self, stream: Stream) -> None:
        if stream.flush_is_due:
            return
        stream.flush_is_due = True
        if not self._to_flush:
            asyncio.get_running_loop().call_soon(self._flush)
        self._to_flush.append(stream)

    def _tick(self) -> None:
        self._timer = None
        self.do(self.cluster.tick)

    def _flush(self) -> None:
        streams, self._to_flush = self._to_flush, []
        for stream in streams:
            stream.flush()
        self.settle()  # what a slow CTIManager keeps back has a deadline


def _alarm(text: str) -> None:
    _log.warning("sim.alarm", text=text)
