"""Rows about the cluster behind the CTIManagers: a node fails, limits are passed, a link is half open."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from .links import settings, unserved
from .load import Desk
from .plant import plant, until
from .table import Measure, NotRun, Scale, none_of
from .traffic import Traffic


async def node_fails(scale: Scale) -> list[Measure]:
    """Half of the phones lose their node and register with the other one."""
    many = min(scale.sessions, 400)
    async with plant([scale.ctimanagers], phones=many, settings=settings(scale)) as running:
        desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in range(many)]
        await running.load.sign_in(desks)
        told: dict[Desk, list[str]] = {desk: [] for desk in desks}
        for desk in desks:
            desk.on_event = lambda desk, name, body: told[desk].append(name)
        cluster = running.clusters()[0]
        phones = {one["name"]: one["node"] for one in (await running.state(cluster))["devices"]}
        homeless = [desk for desk in desks if phones[f"SEP{desk.line[4:]:0>12}"] == "cucm1"]
        before = {desk: desk.reference for desk in desks}
        await running.ask_cluster(cluster, "nodes/cucm1/fail", {})
        await until(lambda: all("OutOfServiceEvent" in told[desk] for desk in homeless), 5)
        refused = await asyncio.gather(*(desk.make_call("1901") for desk in homeless[:20]))
        back = await until(lambda: all("BackInServiceEvent" in told[desk] for desk in homeless), 30)
        service = ["OutOfServiceEvent", "BackInServiceEvent"]
        wrong = [f"{desk.line}: {told[desk]}" for desk in homeless if _services(told[desk]) != service]
        wrong += [
            f"{desk.line}: {told[desk]}" for desk in desks if desk not in homeless and _services(told[desk])
        ]
        traffic = Traffic(desks, scale.calls_per_second)
        replaced = [desk.line for desk in desks if before[desk] != desk.reference]
        calls = [f"{desk.line} {trouble}" for desk in homeless[:20] if (trouble := await traffic.call(desk))]
        await running.ask_cluster(cluster, "nodes/cucm1/restore", {})
        return [
            none_of(f"of {many} sessions ({len(homeless)} phones of the node) told anything else", wrong),
            none_of("requests not refused with deviceOutOfService", _not_refused(refused)),
            Measure("in service again" if back is not None else "never in service again", back is not None),
            none_of("monitors not kept, by calls on rehomed phones", [*replaced, *calls]),
        ]


def _services(names: list[str]) -> list[str]:
    return [name for name in names if name.endswith("ServiceEvent")]


def _not_refused(answers: list[Any]) -> list[str]:
    return [one.text for one in answers if b"deviceOutOfService" not in one.body]


async def limits(scale: Scale) -> list[Measure]:
    """More devices on one CTIManager than its provider and its node are meant for."""
    provider, node, many = (2000, 800, 2100) if scale.full else (20, 8, 30)
    options = ("--max-devices-provider", str(provider), "--max-devices-node", str(node))
    async with plant([1], phones=many, settings=settings(scale), options=options) as running:
        desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in range(many)]
        await running.load.sign_in(desks)
        alarms = [line for line in running.clusters()[0].text().splitlines() if "sim.alarm" in line]
        ours = running.lines("cti.device_limit", "cti.alarm")
        traffic = Traffic(desks, scale.calls_per_second)
        over = desks[-5:]
        calls = [f"{desk.line} {trouble}" for desk in over if (trouble := await traffic.call(desk))]
        return [
            Measure(
                f"{many} devices at limits {provider}/{node}: alarms of the CTIManager: 1 for the provider, "
                f"{sum('CTIManager' in line for line in alarms)} for the node ({len(alarms)} in all)",
                len(alarms) == 2,
            ),
            Measure(f"{len(ours)} alarms of the gateway", True),
            none_of("sessions above not served", [*calls, *await unserved(set(desks))]),
        ]


async def half_open(scale: Scale) -> list[Measure]:
    """The row is played by a process in a network namespace of its own, which needs root."""
    if os.geteuid() or not all(shutil.which(tool) for tool in ("ip", "unshare", "nsenter")):
        raise NotRun("needs root, ip, unshare and nsenter")
    if await (await asyncio.create_subprocess_exec("unshare", "--net", "true")).wait():
        raise NotRun("no network namespace can be made here")
    words = [
        "unshare",
        "--net",
        sys.executable,
        "-m",
        "tests.faults.half_open",
        *([] if scale.full else ["--small"]),
    ]
    process = await asyncio.create_subprocess_exec(
        *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parent.parent.parent
    )
    out, err = await process.communicate()
    if process.returncode:
        raise RuntimeError(err.decode()[-300:])
    return [Measure(**one) for one in json.loads(out)]
