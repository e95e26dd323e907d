"""Rows about too much: a busy line in many sessions, a link that floods."""

from __future__ import annotations

import asyncio
import re
import struct
import time
from dataclasses import dataclass, field

from .links import on, settings, signed_in, unserved
from .load import Desk
from .plant import plant, until
from .proxy import DOWN, Proxy
from .table import Measure, Scale, none_of
from .traffic import Traffic, p99

_NUMBER = re.compile(rb"<forwardTo>[^<]*?tel:(\d+)")
_REFERENCE = re.compile(rb"<monitorCrossRefID>([^<]+)<")
_MIB = 1024 * 1024


async def busy_line(scale: Scale) -> list[Measure]:
    """200 events/s on one line that 20 sessions watch, each event with its own number in it."""
    per_second, long = (200, 15.0) if scale.full else (100, 3.0)
    many = int(per_second * long)
    async with plant([scale.ctimanagers], phones=many, settings=settings(scale)) as running:
        desks = [running.load.desk("tel:1001") for _ in range(20)]
        await running.load.sign_in(desks)
        seen: dict[Desk, list[int]] = {desk: [] for desk in desks}
        for desk in desks:
            desk.on_event = lambda desk, name, body: seen[desk].append(_number(body))
        cluster = running.clusters()[0]
        begun = time.monotonic()
        for number in range(many):
            pause = begun + number / per_second - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            words = {"to": str(2_000_000 + number)}
            await running.ask_cluster(cluster, "devices/SEP000000001001/forward", words)
        rate = many / (time.monotonic() - begun)
        wanted = [2_000_000 + number for number in range(many)]
        await until(lambda: all(len(numbers) >= many for numbers in seen.values()), 10)
        await asyncio.sleep(0.5)
        wrong = [
            f"{desk.number}: {_first_difference(seen[desk], wanted)}"
            for desk in desks
            if seen[desk] != wanted
        ]
        links = {running.carriers().get(desk.call_id) for desk in desks}
        return [
            Measure(f"{rate:.0f} events/s", rate >= 0.9 * per_second, timed=True),
            none_of(
                f"of 20 sessions on {len(links)} CTIManagers with a gap, a duplicate or another order", wrong
            ),
            Measure(f"{sum(map(len, seen.values()))} events seen of {many * 20}", True),
        ]


def _number(body: bytes) -> int:
    """The forwarding number, which is the number of the event."""
    found = _NUMBER.search(body)
    return int(found.group(1)) if found else -1


def _first_difference(seen: list[int], wanted: list[int]) -> str:
    for at, (one, other) in enumerate(zip(seen, wanted, strict=False)):
        if one != other:
            return f"{one} instead of {other} at {at}"
    return f"{len(seen)} of {len(wanted)}"


@dataclass(eq=False)
class Flood:
    """Events written into one link by the test's proxy: numbered, for the monitors in turn."""

    proxy: Proxy
    references: list[bytes] = field(default_factory=list)
    sent: int = 0
    held_up: int = 0

    def watch(self, frame: bytes) -> None:
        """A frame of the CTIManager: monitors that were started."""
        found = _REFERENCE.search(frame)
        if found and b"MonitorStartResponse" in frame[:200]:
            self.references.append(found.group(1))

    def frames(self, many: int) -> bytes:
        """The next events."""
        out = bytearray()
        for _ in range(many):
            reference = self.references[self.sent % len(self.references)]
            out += _frame(_event(reference, self.sent))
            self.sent += 1
        return bytes(out)

    async def run(self, per_second: int, long: float) -> None:
        """At this rate; what the gateway does not take is left out after 1 MiB, as a switch would close."""
        begun, offered = time.monotonic(), 0
        while (now := time.monotonic() - begun) < long:
            due = int(now * per_second) - offered
            offered += due
            waiting = due and not self.proxy.inject(DOWN, self.frames(due), _MIB)
            if waiting:
                self.sent -= due
                self.held_up += due
            await asyncio.sleep(0.005)


def _frame(body: bytes) -> bytes:
    return struct.pack(">HH4s", 0, len(body) + 8, b"9999") + body


def _event(reference: bytes, number: int) -> bytes:
    """ForwardingEvent with the number of the event in it."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><ForwardingEvent '
        b'xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3">'
        b"<monitorCrossRefID>%s</monitorCrossRefID><device><deviceIdentifier>tel:1001</deviceIdentifier></device>"
        b"<forwardingType>forwardImmediate</forwardingType><forwardStatus>true</forwardStatus>"
        b"<forwardTo>tel:%d</forwardTo></ForwardingEvent>" % (reference, 2_000_000 + number)
    )


async def flood(scale: Scale) -> list[Measure]:
    """5,000 events/s on one link while calls run on the others."""
    per_second, long = (5000, 30.0) if scale.full else (500, 3.0)
    async with plant(
        [scale.ctimanagers], phones=scale.sessions, proxied=True, settings=settings(scale)
    ) as running:
        proxy = running.places["cti1"].proxy
        assert proxy is not None
        storm = Flood(proxy)
        proxy.ways[DOWN].whole_frames = True
        proxy.ways[DOWN].watch = storm.watch
        desks = await signed_in(running, scale)
        flooded = on(running, desks, "cti1")
        spared = set(desks) - flooded
        seen: dict[Desk, list[int]] = {desk: [] for desk in flooded}
        for desk in flooded:
            desk.on_event = lambda desk, name, body: seen[desk].append(_number(body))
        traffic = Traffic([desk for desk in desks if desk in spared], scale.calls_per_second)
        traffic.start()
        await asyncio.sleep(2)
        quiet, memory = time.monotonic(), running.gateway.memory()
        await storm.run(per_second, long)
        await until(lambda: sum(map(len, seen.values())) >= storm.sent, 10)
        await traffic.stop()
        grown = (running.gateway.memory() - memory) / _MIB
        got = sum(map(len, seen.values()))
        broken = [f"{desk.line}: out of order" for desk in flooded if seen[desk] != sorted(set(seen[desk]))]
        short = [desk.line for desk in flooded if desk.open and got < storm.sent]
        rate = got / (time.monotonic() - quiet)
        after = p99([took for _, at, took in traffic.took if at >= quiet])
        return [
            Measure(
                f"{storm.sent} events written into the link in {long:g} s, {storm.held_up} held up, "
                f"{rate:.0f}/s delivered, p99 of calls elsewhere {after * 1000:.0f} ms",
                storm.sent > 0,
            ),
            none_of("sessions of the link with a gap or another order", broken or short[:1]),
            Measure(f"memory {grown:+.1f} MiB", grown <= 16, timed=True),
            none_of(
                f"effects on {len(spared)} sessions elsewhere ({traffic.whole} calls)",
                [*traffic.whole_elsewhere(spared), *await unserved(spared)],
            ),
        ]
