"""The row about a bad network before a CTIManager: bytes that come one by one, late, wrong, or not at all."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from .links import OUT, on, settings, signed_in, unserved
from .load import Desk, Wire
from .plant import Plant, plant, until
from .proxy import DOWN, UP, Proxy
from .table import Measure, Scale, none_of, seconds
from .traffic import Traffic

#: Seconds in which a wrong byte shows at the latest: one in a length, when two heartbeats are missed.
FOUND_WITHIN = 4.0


async def mangled(scale: Scale) -> list[Measure]:
    """One link after the other kind of harm; the others never notice."""
    shaped = settings(scale, **{"heartbeat.interval": '"1s"'})
    async with plant([scale.ctimanagers], phones=scale.sessions, proxied=True, settings=shaped) as running:
        desks = await signed_in(running, scale)
        hurt = on(running, desks, "cti1")
        spared = set(desks) - hurt
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        proxy = running.places["cti1"].proxy
        assert proxy is not None
        await _harmless(proxy, 3 if scale.full else 1)
        harmed = [*traffic.whole_elsewhere(set(desks)), *await unserved(set(desks))]
        silent = {}
        for way in (DOWN, UP):
            silent[way] = await _stall(running, proxy, way)
        many = 30 if scale.full else 4
        back = [await _corrupt(running, proxy, hurt) for _ in range(many)]
        front = await _before_the_gateway(running, scale)
        await traffic.stop()
        elsewhere = [*traffic.whole_elsewhere(spared), *await unserved(spared)]
        return [
            none_of("effects of bytes that come one by one or 0.2 s late", harmed),
            seconds("stalled towards the gateway: found after", silent[DOWN], 3),
            seconds("stalled towards the CTIManager: found after", silent[UP], 4),
            Measure(f"{many} times a wrong byte: in service again {back.count(True)} times", all(back)),
            *front,
            none_of("sessions of that link neither served nor ended", await _neither(hurt)),
            none_of(f"effects on {len(spared)} sessions elsewhere ({traffic.whole} calls)", elsewhere),
        ]


async def _before_the_gateway(running: Plant, scale: Scale) -> list[Measure]:
    """The same between a client and the gateway."""
    front = Proxy("127.0.0.1", running.sip)
    await front.start()
    desks = [
        running.load.desk(f"tel:{number}", await _through(running, front)) for number in range(1001, 1011)
    ]
    await running.load.sign_in(desks)
    traffic = Traffic(desks, 10)
    traffic.start()
    await _harmless(front, 3 if scale.full else 1)
    await traffic.stop()
    many = 300 if scale.full else 30
    for _ in range(many):
        desk = running.load.desk("tel:1011", await _through(running, front))
        front.ways[UP].corrupt = random.randrange(1500)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await desk.sign_in()
                await desk.snapshot()
                await desk.sign_out()
        front.ways[UP].corrupt = None
        desk.wire.transport.abort()
    await front.stop()
    return [
        none_of(f"effects of the same before the gateway ({traffic.whole} calls)", traffic.failures),
        Measure(f"{many} wrong bytes of clients", True),
    ]


async def _through(running: Plant, front: Proxy) -> Wire:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(lambda: Wire(running.load), "127.0.0.1", front.port))[1]


async def _harmless(proxy: Proxy, long: float) -> None:
    """TCP may cut and delay as it likes."""
    for way in proxy.ways.values():
        way.pieces = 1
    await asyncio.sleep(long)
    for way in proxy.ways.values():
        way.pieces, way.delay = 0, 0.1
    await asyncio.sleep(long)
    for way in proxy.ways.values():
        way.delay = 0.0


async def _stall(running: Plant, proxy: Proxy, way: str) -> float | None:
    """Nothing passes one way any more; seconds until the link is given up."""
    proxy.ways[way].flows.clear()
    found = await until(lambda: _state(running, OUT), 10)
    proxy.cut()
    proxy.ways[way].flows.set()
    await until(lambda: _up(running), 40)
    return found


async def _corrupt(running: Plant, proxy: Proxy, hurt: set[Desk]) -> bool:
    """One byte of what passes is another one; whether the link is in service afterwards."""
    way = proxy.ways[random.choice((UP, DOWN))]
    way.corrupt = random.randrange(600)
    for desk in list(hurt)[:3]:
        if not desk.open:
            await desk.sign_in()
    await asyncio.gather(*(desk.snapshot(within=8) for desk in list(hurt)[:3] if desk.open))
    await until(lambda: way.corrupt is None, 5)
    way.corrupt = None
    return await until(lambda: _up(running), 45) is not None


async def _state(running: Plant, wanted: str) -> bool:
    return bool((await running.ctimanagers())["cti1"]["state"] == wanted)


async def _up(running: Plant) -> bool:
    return not await _state(running, OUT)


async def _neither(desks: set[Desk]) -> list[str]:
    """Sessions that look open and are not served, once the last wrong byte must have been found."""
    failures: list[str] = []

    async def settled() -> bool:
        answers = [(desk, await desk.snapshot()) for desk in desks if desk.open]
        failures[:] = [
            f"{desk.line} {one.text}" for desk, one in answers if not one.served and one.status != 481
        ]
        return not failures

    await until(settled, FOUND_WITHIN)
    return failures
