"""Rows about an administrator: the node is drained, the configuration is read again, under load."""

from __future__ import annotations

import asyncio
import signal
import time

from .links import settings, signed_in, unserved
from .plant import Plant, configuration, plant, until
from .table import Measure, Scale, none_of, seconds
from .traffic import Traffic


async def drain(scale: Scale) -> list[Measure]:
    """SIGTERM: the notice, then no new sessions, then BYE for each, then the end."""
    notice, deadline = (3, 10) if scale.full else (1, 3)
    times = {"drain.notice": f'"{notice}s"', "drain.deadline": f'"{deadline}s"'}
    async with plant(
        [scale.ctimanagers], phones=scale.sessions, settings=settings(scale, **times)
    ) as running:
        desks = await signed_in(running, scale)
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        newcomer, late = running.load.desk("tel:1001"), running.load.desk("tel:1002")
        begun = time.monotonic()
        running.gateway.signal(signal.SIGTERM)
        unready = await until(lambda: _is_unready(running), 5)
        first = await newcomer.sign_in()
        await asyncio.sleep(max(0.0, begun + notice + 0.5 - time.monotonic()))
        second = await late.sign_in()
        await asyncio.sleep(max(0.0, begun + deadline - 1 - time.monotonic()))
        await traffic.stop()
        early = [desk.line for desk in desks if not desk.open]
        await until(lambda: running.gateway.process.poll() is not None, deadline + 30)
        ended = time.monotonic() - begun
        code = running.gateway.process.poll()
        told = [desk for desk in [*desks, newcomer] if desk.ended]
        return [
            seconds("not ready after", unready, 1),
            Measure(f"a session within the notice {first.text}", first.served),
            Measure(f"one after it {second.text!r}", second.status == 480 and second.retry_after > 0),
            none_of(f"effects before the deadline ({traffic.whole} calls)", [*early, *_trouble(traffic)]),
            Measure(f"BYE for {len(told)} of {len(desks) + 1}", len(told) == len(desks) + 1),
            Measure(f"exit {code}", code == 0),
            seconds(f"with a deadline of {deadline} s gone after", ended, deadline + 5),
        ]


def _trouble(traffic: Traffic) -> list[str]:
    return [what for _, what in traffic.failures]


async def _is_unready(running: Plant) -> bool:
    return (await running.get("/readyz"))[0] == 404


async def reloads(scale: Scale) -> list[Measure]:
    """Every second configuration is refused, the others change what can change while calls run."""
    many, pause = (100, 0.1) if scale.full else (20, 0.05)
    base = settings(scale)
    async with plant([scale.ctimanagers], phones=scale.sessions, settings=base) as running:
        desks = await signed_in(running, scale)
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        await asyncio.sleep(1)
        wrong: list[str] = []
        for number in range(many):
            valid = number % 2 == 1
            _write(running, base, number, valid)
            status = await running.post("/admin/v1/reload")
            good = (await running.metrics())["cstagw_config_last_reload_successful"]
            if (status, good) != ((200, 1.0) if valid else (422, 0.0)):
                wrong.append(f"reload {number}: {status}, metric {good:g}")
            await asyncio.sleep(pause)
        await asyncio.sleep(1)
        await traffic.stop()
        return [
            none_of(f"of {many} reloads answered wrongly, every second one invalid", wrong),
            none_of(
                f"requests dropped or refused ({traffic.whole} calls, {len(desks)} sessions)",
                [*_trouble(traffic), *await unserved(set(desks))],
            ),
        ]


def _write(running: Plant, base: dict[str, str], number: int, valid: bool) -> None:
    """The gateway's file anew."""
    changed = base | {
        "log.level": '"warning"' if number % 4 == 1 else '"info"',
        "session.max_sessions": str(50_000 - number),
    }
    if not valid:
        changed["session.no_such_key"] = "1"
        changed["log.level"] = '"loud"'
    file = running.folder / "gateway.toml"
    addresses = {name: place.cluster.addresses[place.name] for name, place in running.places.items()}
    file.write_text(configuration(addresses, changed))
