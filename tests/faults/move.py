"""The row about sessions that move: a CTIManager is killed, and its users see nothing but their calls."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

from .links import settings, unserved
from .load import Desk, call_in
from .plant import Cluster, Plant, plant, until
from .table import Measure, Scale, none_of, seconds

_LOCAL = re.compile(rb"<localConnectionInfo>(\w+)<")


@dataclass(eq=False)
class View:
    """What a client shows: the state of its own connection in each call."""

    calls: dict[str, str] = field(default_factory=dict)
    told: int = 0

    def take(self, _desk: Desk, _name: str, body: bytes) -> None:
        state, call = _LOCAL.search(body), call_in(body)
        self.told += 1
        if state is None or not call:
            return
        if state.group(1) == b"null":
            self.calls.pop(call, None)
        else:
            self.calls[call] = state.group(1).decode()


async def move(scale: Scale) -> list[Measure]:
    """Every session is on the CTIManager that is killed; calls ring, are up and are held, and go on."""
    many, calls = (2000, 500) if scale.full else (40, 10)
    shaped = settings(scale, **{"session.on_cti_loss": '"move"'})
    async with plant([2], phones=many, settings=shaped) as running:
        await running.fault("cti2", "crash")
        desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in range(many)]
        await running.load.sign_in(desks)
        await running.fault("cti2", "none")
        await until(lambda: _both(running), 40)
        views = {desk: View() for desk in desks}
        for desk, view in views.items():
            desk.on_event = view.take
        cluster = running.clusters()[0]
        await _calls(running, cluster, desks[: 2 * calls], calls)
        settled = await until(lambda: _differences(running, cluster, views), 10, 0.2, empty=True)
        up = len((await running.state(cluster))["calls"])
        begun = time.monotonic()
        await running.fault("cti1", "crash")
        changed = await _meanwhile(running, cluster, desks, range(0, calls, 4))
        same = await until(lambda: _differences(running, cluster, views), 15, 0.2, empty=True)
        took = time.monotonic() - begun if same is not None else None
        carried = (await running.ctimanagers())["cti2"]["sessions"]
        away = await _everybody_away(running, cluster, desks, range(2, calls, 4), views)
        different = await _differences(running, cluster, views)
        lost = [f"{desk.line}: {desk.ended}" for desk in desks if not desk.open]
        return [
            Measure(f"{up} calls up, views equal before: {settled is not None}", settled is not None),
            none_of(f"of {many} sessions lost ({carried} moved)", lost),
            seconds(f"{changed} calls changed meanwhile, every view equal to the cluster's after", took, 5),
            Measure(f"then {away} more calls changed while no CTIManager was there", away > 0),
            none_of("views that differ", different),
            none_of("sessions that are not served", await unserved(set(desks))),
        ]


async def _everybody_away(
    running: Plant, cluster: Cluster, desks: list[Desk], pairs: range, views: dict[Desk, View]
) -> int:
    """Nobody sees what happens until a CTIManager is back; how many calls changed."""
    await running.fault("cti2", "crash")
    changed = await _meanwhile(running, cluster, desks, pairs)
    await running.fault("cti1", "none")
    await until(lambda: _differences(running, cluster, views), 25, 0.2, empty=True)
    return changed


async def _both(running: Plant) -> bool:
    return await running.in_service() == 2


async def _calls(running: Plant, cluster: Cluster, desks: list[Desk], calls: int) -> None:
    """Pairs call each other: a third rings, a third is up, a third is held."""
    turns = asyncio.Semaphore(16)

    async def one(number: int) -> None:
        async with turns:
            caller, called = desks[2 * number], desks[2 * number + 1]
            assert (await caller.make_call(called.line[4:])).served
            if number % 3:
                await _press(running, cluster, called, "answer")
            if number % 3 == 2:
                await _press(running, cluster, caller, "hold")

    await asyncio.gather(*(one(number) for number in range(calls)))


async def _meanwhile(running: Plant, cluster: Cluster, desks: list[Desk], pairs: range) -> int:
    """People go on using their phones: what rings is answered, what is up ends, what is held is taken up."""
    for number in pairs:
        caller, called = desks[2 * number], desks[2 * number + 1]
        operation, desk = (("answer", called), ("hangup", caller), ("resume", caller))[number % 3]
        await _press(running, cluster, desk, operation)
    return len(pairs)


async def _press(running: Plant, cluster: Cluster, desk: Desk, operation: str) -> Any:
    return await running.ask_cluster(cluster, f"devices/SEP{desk.line[4:]:0>12}/{operation}", {})


async def _differences(running: Plant, cluster: Cluster, views: dict[Desk, View]) -> list[str]:
    """Clients that show something else than there is."""
    there: dict[str, dict[str, str]] = {}
    for call in (await running.state(cluster))["calls"]:
        for party in call["parties"]:
            there.setdefault(f"tel:{party['dn']}", {})[call["id"]] = party["state"]
    return [
        f"{desk.line} shows {view.calls}, there is {there.get(desk.line, {})}"
        for desk, view in views.items()
        if view.calls != there.get(desk.line, {})
    ]
