"""Rows about CTIManagers that are lost: killed, hung, slow, all, flapping, and the herd that follows."""

from __future__ import annotations

import asyncio
import random
import signal
import time

from .load import Answer, Desk
from .plant import Plant, plant, until
from .table import Measure, Scale, none_of, seconds
from .traffic import Traffic, p99

OUT = "OUT_OF_SERVICE"


def settings(scale: Scale, **more: str) -> dict[str, str]:
    """What most rows run with."""
    return {"heartbeat.interval": f'"{round(scale.interval * 1000)}ms"', **more}


async def signed_in(running: Plant, scale: Scale) -> list[Desk]:
    """Every user with a session and a monitor."""
    load = running.load
    desks = [load.desk(f"tel:{2_000_000 + number}") for number in range(scale.sessions)]
    await load.sign_in(desks)
    return desks


def on(running: Plant, desks: list[Desk], name: str) -> set[Desk]:
    """The desks whose sessions one CTIManager carries."""
    carriers = running.carriers()
    return {desk for desk in desks if carriers.get(desk.call_id) == name}


async def unserved(desks: set[Desk]) -> list[str]:
    """Sessions that do not work, one probe each."""
    turns = asyncio.Semaphore(64)

    async def probe(desk: Desk) -> str:
        async with turns:
            if not desk.open:
                return f"{desk.line} has ended: {desk.ended}"
            answer = await desk.snapshot()
            return "" if answer.served else f"{desk.line} {answer.text}"

    return [trouble for trouble in await asyncio.gather(*(probe(desk) for desk in desks)) if trouble]


async def is_out(running: Plant, name: str) -> bool:
    return bool((await running.ctimanagers())[name]["state"] == OUT)


async def killed(scale: Scale) -> list[Measure]:
    """A CTIManager resets every connection and listens no more."""
    async with plant([scale.ctimanagers], phones=scale.sessions, settings=settings(scale)) as running:
        desks = await signed_in(running, scale)
        lost = on(running, desks, "cti1")
        spared = set(desks) - lost
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        await asyncio.sleep(2)
        begun = time.monotonic()
        await running.fault("cti1", "crash")
        down = await until(lambda: is_out(running, "cti1"), 5)
        gone = await until(lambda: not any(desk.open for desk in lost), 10)
        last = max((desk.ended_at for desk in lost), default=begun) - begun
        unexplained = [desk.ended for desk in lost if "cti1 lost" not in desk.ended]
        await asyncio.sleep(2)
        await traffic.stop()
        effects = [*traffic.whole_elsewhere(spared), *await unserved(spared)]
        return [
            seconds("marked down after", down, 1),
            seconds(f"{len(lost)} sessions ended after", last if gone is not None else None, 3),
            none_of("BYEs without the reason", unexplained),
            none_of(f"effects on {len(spared)} sessions elsewhere ({traffic.whole} calls)", effects),
        ]


async def hung(scale: Scale) -> list[Measure]:
    """One CTIManager is a process of its own and is stopped; its kernel goes on acknowledging."""
    layout = [scale.ctimanagers - 1, 1]
    name = f"cti{scale.ctimanagers}"
    async with plant(layout, phones=scale.sessions, settings=settings(scale)) as running:
        desks = await signed_in(running, scale)
        lost = on(running, desks, name)
        spared = set(desks) - lost
        traffic = Traffic([desk for desk in desks if desk in spared], scale.calls_per_second)
        traffic.start()
        begun = time.monotonic()
        running.places[name].cluster.signal(signal.SIGSTOP)
        asked = [asyncio.create_task(desk.snapshot()) for desk in list(lost)[:50]]
        found = await until(lambda: is_out(running, name), 2 * scale.interval + 5)
        answers: list[Answer] = await asyncio.gather(*asked)
        ended = await until(lambda: not any(desk.open for desk in lost), 5)
        last = max((desk.ended_at for desk in lost), default=begun) - begun
        await traffic.stop()
        running.places[name].cluster.signal(signal.SIGCONT)
        back = await until(lambda: _all_up(running), 40)
        effects = [*traffic.whole_elsewhere(spared), *await unserved(spared)]
        slowest = max((one.took for one in answers), default=0.0)
        return [
            seconds(f"interval {scale.interval:g} s, found after", found, 2 * scale.interval + 1),
            seconds(
                f"{len(answers)} outstanding requests answered (0.1 s allowed for the way) in", slowest, 5.1
            ),
            none_of("requests left without an answer", [one for one in answers if not one.status]),
            seconds("its sessions ended after", last if ended is not None else None, 2 * scale.interval + 3),
            Measure("in service again" if back is not None else "never in service again", back is not None),
            none_of(f"effects on {len(spared)} sessions elsewhere ({traffic.whole} calls)", effects),
        ]


async def _all_up(running: Plant) -> bool:
    return await running.in_service() == len(running.places)


async def slow(scale: Scale) -> list[Measure]:
    """One CTIManager answers everything late."""
    late, during = (2.0, 10.0) if scale.full else (0.3, 3.0)
    # An answer may take as long as this one does; it must not be silent for two intervals either.
    async with plant([scale.ctimanagers], phones=scale.sessions, settings=settings(scale)) as running:
        desks = await signed_in(running, scale)
        slowed = on(running, desks, "cti1")
        spared = set(desks) - slowed
        traffic = Traffic(desks, scale.calls_per_second)
        traffic.start()
        await asyncio.sleep(during)
        changed = time.monotonic()
        await running.fault("cti1", "slow", delay=late)
        await asyncio.sleep(during)
        await traffic.stop()
        before = p99([took for desk, at, took in traffic.took if desk in spared and at < changed])
        after = p99([took for desk, at, took in traffic.took if desk in spared and at >= changed])
        its_own = [took for desk, at, took in traffic.took if desk in slowed and at >= changed + late]
        waited = max(its_own, default=0.0)
        effects = [*traffic.whole_elsewhere(set(desks)), *await unserved(spared)]
        return [
            Measure(
                f"p99 elsewhere {before * 1000:.1f} ms, {after * 1000:.1f} ms with {late:g} s per answer",
                after <= 2 * before and after <= before + 0.005,
                timed=True,
            ),
            Measure(f"its own sessions served in up to {waited:.1f} s", waited >= late),
            none_of(f"effects on all sessions ({traffic.whole} calls)", effects),
        ]


async def all_down(scale: Scale) -> list[Measure]:
    """Every CTIManager is lost, then one is back: after a short and after a long outage."""
    measures: list[Measure] = []
    async with plant([scale.ctimanagers], phones=scale.sessions, settings=settings(scale)) as running:
        outages = ((4.0, 2.0), (15.0, 7.0)) if scale.full else ((2.0, 2.0),)
        desk = running.load.desk("tel:1001")
        for outage, limit in outages:
            begun = time.monotonic()
            for name in running.places:
                await running.fault(name, "crash")
            unready = await until(lambda: _status(running, 503), 5, 0.01)
            options = await _options(desk)
            no = await desk.invite()
            await asyncio.sleep(max(0.0, begun + outage - time.monotonic()))
            await running.fault("cti1", "none")
            first = await until(lambda: _served(desk), limit + 10, 0.1)
            measures += [
                seconds(f"outage of {outage:g} s: /readyz 503 after", unready, 1),
                Measure(f"OPTIONS {options}", options == 503),
                Measure(f"INVITE {no.text!r}", no.status == 480),
                Measure(f"in {no.took * 1000:.0f} ms", no.took <= 0.1, timed=True),
                Measure(f"Retry-After {no.retry_after}", no.retry_after > 0),
                seconds("first success after the return in", first, limit),
            ]
            await desk.sign_out()
            for name in running.places:
                await running.fault(name, "none")
            await until(lambda: _all_up(running), 45)
        return measures


async def _status(running: Plant, wanted: int) -> bool:
    return (await running.get("/readyz"))[0] == wanted


async def _served(desk: Desk) -> bool:
    return (await desk.sign_in()).served


async def _options(desk: Desk) -> int:
    """An OPTIONS out of any dialog."""
    desk.call_id, desk.to, desk.cseq = f"options{desk.number}-{desk.sign_ins}@load", "", 0
    return (await desk.ask("OPTIONS", within=5)).status


async def flapping(scale: Scale) -> list[Measure]:
    """A CTIManager that takes every connection and drops it soon after the session is open."""
    interval, long = (0.1, 45.0) if scale.full else (0.1, 6.0)
    shaped = settings(scale, **{"heartbeat.interval": f'"{round(interval * 1000)}ms"'})
    async with plant([2], phones=scale.sessions, proxied=True, settings=shaped) as running:
        proxy = running.places["cti1"].proxy
        assert proxy is not None
        desk = running.load.desk("tel:1001")
        assert (await desk.sign_in()).served
        begun, memory, turn = time.monotonic(), 0, 0
        flaps_before = (await running.ctimanagers())["cti1"]["disconnects"]
        lines_before = len(running.lines())
        while time.monotonic() - begun < long:
            if proxy.pairs:  # half of them are cut at once, the others have lasted a little
                turn += 1
                await asyncio.sleep(0.25 * (turn % 2))
                proxy.cut()
            if not memory and time.monotonic() - begun > long / 4:
                memory = running.gateway.memory()
            await asyncio.sleep(0.01)
        grown = running.gateway.memory() - memory
        flaps = (await running.ctimanagers())["cti1"]["disconnects"] - flaps_before
        lines = [one for one in running.lines()[lines_before:] if one.get("cti") == "cti1"]
        while lines and lines[-1]["event"] != "cti.down":  # a link that stands at the end has not flapped yet
            lines.pop()
        back = await until(lambda: _all_up(running), 40)
        if desk.open:
            await desk.sign_out()
        served = await desk.sign_in()
        return [
            Measure(f"{flaps} flaps in {long:g} s", flaps > 0),
            Measure(f"{len(lines) / max(1, flaps):.2f} log lines per flap", len(lines) <= 2 * flaps),
            Measure(f"memory {grown / 1048576:+.1f} MiB", grown <= 2 * 1048576, timed=True),
            Measure("in service again" if back is not None else "never in service again", back is not None),
            Measure(f"sessions meanwhile {served.text}", served.served),
        ]


async def herd(scale: Scale) -> list[Measure]:
    """Every session of a lost CTIManager comes back at once, as soon as it learns of the loss."""
    async with plant([scale.ctimanagers], phones=scale.sessions, settings=settings(scale)) as running:
        desks = await signed_in(running, scale)
        lost = on(running, desks, "cti1")
        spared = set(desks) - lost
        traffic = Traffic(sorted(spared, key=lambda desk: desk.number), scale.calls_per_second)
        traffic.start()
        await asyncio.sleep(1)
        await running.fault("cti1", "crash")
        begun = time.monotonic()
        came_back = await asyncio.gather(*(_return(desk) for desk in lost))
        await asyncio.sleep(1)
        await traffic.stop()
        took = sorted(at - begun for at, _ in came_back if at)
        in_time = [one for one in took if one <= 10]
        unanswered = [trouble for _, trouble in came_back if trouble]
        effects = [*traffic.whole_elsewhere(spared), *await unserved(set(desks))]
        share = 100 * len(in_time) / max(1, len(lost))
        return [
            Measure(
                f"{share:.0f} % of {len(lost)} within 10 s (last {max(took, default=0):.1f} s)",
                share >= 95,
                timed=True,
            ),
            none_of("time-outs", unanswered),
            none_of(f"effects on {len(spared)} sessions elsewhere ({traffic.whole} calls)", effects),
        ]


async def _return(desk: Desk) -> tuple[float, str]:
    """Wait for the end of the session, then INVITE until it is served; when, and what was not answered."""
    await until(lambda: not desk.open, 20, 0.01)
    for _ in range(20):
        answer = await desk.sign_in()
        if answer.served:
            return time.monotonic(), ""
        if not answer.status:
            return 0.0, f"{desk.line} without an answer"
        await asyncio.sleep(answer.retry_after + random.random() / 10)
    return 0.0, f"{desk.line} gave up"
