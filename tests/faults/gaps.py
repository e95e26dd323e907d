"""Rows about clients whose connection fails: what they are shown is complete, or the session ends."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from .links import settings, signed_in, unserved
from .load import Desk, Wire
from .plant import Plant, plant
from .proxy import Proxy
from .table import Measure, Scale, none_of, seconds
from .traffic import Traffic

_MIB = 1024 * 1024
_NUMBER = re.compile(rb"<forwardTo>[^<]*?tel:(\d+)")
_WATCHED = "SEP000000001001"
_WATCHERS = 10


@dataclass(eq=False)
class Numbered:
    """Events with a number in each, on one line that several sessions watch."""

    running: Plant
    desks: list[Desk]
    sent: int = 0
    seen: dict[Desk, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for desk in self.desks:
            self.seen[desk] = []
            desk.on_event = self.take

    def take(self, desk: Desk, _name: str, body: bytes) -> None:
        found = _NUMBER.search(body)
        if found:
            self.seen[desk].append(int(found.group(1)) - 2_000_000)

    async def send(self) -> None:
        """The next event."""
        words = {"to": str(2_000_000 + self.sent)}
        self.sent += 1
        await self.running.ask_cluster(self.running.clusters()[0], f"devices/{_WATCHED}/forward", words)

    async def all_seen(self, within: float = 10.0) -> None:
        """Wait until whoever is still there was shown what was sent: a client that lags is cut too early."""
        end = time.monotonic() + within
        while time.monotonic() < end and self.gaps():
            await asyncio.sleep(0.01)

    def gaps(self) -> list[str]:
        """Sessions that are still open and have not been shown everything, once and in order."""
        wanted = list(range(self.sent))
        return [
            f"{desk.line} was shown {len(set(self.seen[desk]))} of {self.sent} events"
            for desk in self.desks
            if desk.open and self.seen[desk] != wanted
        ]


async def stops_reading(scale: Scale) -> list[Measure]:
    """A client with sessions of its own on a connection that it does not read any more."""
    async with plant([scale.ctimanagers], phones=30_000, settings=settings(scale)) as running:
        desks = await signed_in(running, scale)
        listener, port = await running.load.listen()
        deaf = await _watchers(running, await _small_wire(running), port)
        numbered = Numbered(running, deaf)
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        for number in range(500):  # what is needed once for so many events is there before
            await numbered.send()
            if number % 20 == 19:
                await numbered.all_seen()
        cut, grown = await _flooded(running, numbered)
        complete = await _go_on(numbered)
        waited = await _trickle(running, numbered, port) if scale.full else None
        await traffic.stop()
        listener.close()
        effects = [*traffic.whole_elsewhere(set(desks)), *await unserved(set(desks))]
        return [
            seconds("cut after", cut, 10),
            *([seconds("with little to send cut after", waited, 10)] if scale.full else []),
            Measure(f"memory {grown / _MIB:+.2f} MiB", grown <= _MIB, timed=True),
            none_of(f"of its {len(deaf)} sessions go on with a gap", complete),
            none_of(f"effects on {len(desks)} sessions of others ({traffic.whole} calls)", effects),
        ]


async def _watchers(running: Plant, wire: Wire, port: int) -> list[Desk]:
    desks = [running.load.desk("tel:1001", wire) for _ in range(_WATCHERS)]
    for desk in desks:
        desk.contact = port
    await running.load.sign_in(desks)
    return desks


async def _flooded(running: Plant, numbered: Numbered) -> tuple[float | None, int]:
    """Events until the connection is cut; after how long, and by how much the gateway has grown."""
    memory = most = running.gateway.memory()
    before = await _slow_peers(running)
    numbered.desks[0].wire.transport.pause_reading()
    begun = time.monotonic()
    while time.monotonic() - begun < 30:
        await numbered.send()
        most = max(most, running.gateway.memory())
        if numbered.sent % 20 == 0 and await _slow_peers(running) > before:
            return time.monotonic() - begun, most - memory
        await asyncio.sleep(0.004)
    return None, most - memory


async def _go_on(numbered: Numbered) -> list[str]:
    """The client is back on another connection and asks for something; which of its sessions have a gap."""
    wire = await numbered.running.load.wire()
    for desk in numbered.desks:
        desk.wire = wire
        if desk.open and (await desk.snapshot()).status == 481:
            desk.over("481")
    for _ in range(20):
        await numbered.send()
    await asyncio.sleep(1)
    return numbered.gaps()


async def _trickle(running: Plant, numbered: Numbered, port: int) -> float | None:
    """So few events that the limit of unsent bytes is not reached: from when the kernel takes no more."""
    deaf = await _watchers(running, await _small_wire(running), port)
    wire = deaf[0].wire
    wire.transport.pause_reading()
    before, full, since = await _slow_peers(running), -1, time.monotonic()
    end = since + 45
    while time.monotonic() < end:
        waiting = _unacknowledged(running.sip, wire.port)
        if waiting is not None and waiting != full:
            full, since = waiting, time.monotonic()
        if await _slow_peers(running) > before:
            return time.monotonic() - since
        await numbered.send()
        await asyncio.sleep(0.2 if time.monotonic() - since > 0.5 else 0.004)
    return None


def _unacknowledged(near: int, far: int) -> int | None:
    """Bytes in the kernel's queue of a connection, while it is open."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = row.split()
        if words[1].endswith(f":{near:04X}") and words[2].endswith(f":{far:04X}"):
            return int(words[4].partition(":")[0], 16) if words[3] == "01" else None
    return None


async def connection_cut(scale: Scale) -> list[Measure]:
    """The connection to a front end is reset while events run; the front end is there for a new one."""
    many = 20 if scale.full else 4
    async with plant([scale.ctimanagers], phones=10_000, settings=settings(scale)) as running:
        listener, port = await running.load.listen()
        front = Proxy("127.0.0.1", running.sip)
        await front.start()
        gaps: list[str] = []
        ended = 0
        try:
            for turn in range(many):
                numbered = await _cut_once(running, front, port, early=turn % 2 == 0)
                gaps += numbered.gaps()
                ended += sum(not desk.open for desk in numbered.desks)
                for desk in numbered.desks:
                    if desk.open:
                        await desk.sign_out()
        finally:
            await front.stop()
            listener.close()
        return [
            Measure(f"{many} cuts under {_WATCHERS} sessions each, {ended} sessions ended visibly", True),
            none_of("sessions go on with a gap", gaps),
        ]


async def _cut_once(running: Plant, front: Proxy, port: int, *, early: bool) -> Numbered:
    """Sessions through the proxy; half of the time what is cut has been under way for a while."""
    load = running.load
    _, wire = await asyncio.get_running_loop().create_connection(lambda: Wire(load), "127.0.0.1", front.port)
    numbered = Numbered(running, await _watchers(running, wire, port))
    front.ways["down"].delay = 0.0 if early else 0.05
    for number in range(60):
        if number == 30:
            front.cut()
        await numbered.send()
        await asyncio.sleep(0.004)
    front.ways["down"].delay = 0.0
    await asyncio.sleep(0.3)
    again = await load.wire()
    for desk in numbered.desks:
        desk.wire = again
        if desk.open and (await desk.snapshot()).status == 481:
            desk.over("481")
    await asyncio.sleep(0.2)
    again_used = [desk for desk in numbered.desks if desk.open]
    if not again_used:
        again.transport.abort()
    return numbered


async def _slow_peers(running: Plant) -> float:
    return (await running.metrics())["cstagw_sip_slow_peer_disconnects_total"]


async def _small_wire(running: Plant) -> Wire:
    """A connection whose kernel takes little for us."""
    connected = socket.socket()
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connected.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connected, ("127.0.0.1", running.sip))
    _, wire = await loop.create_connection(lambda: Wire(running.load), sock=connected)
    running.load.wires.append(wire)
    return wire
