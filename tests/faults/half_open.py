"""Plays one row within a network namespace of its own: a CTIManager behind a pair of interfaces that goes
silent.

No segment arrives any more in either direction and nobody says so, as when a switch or a host dies.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from .links import is_out
from .plant import Place, Plant, cluster, serve, until
from .table import Measure, seconds

_NEAR, _FAR = "192.0.2.1", "192.0.2.2"


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(words, check=check, capture_output=True, timeout=10)


async def _apart(up: AsyncExitStack) -> int:
    """A process that holds a namespace of its own, joined to ours by a pair of interfaces."""
    holder = await asyncio.create_subprocess_exec("unshare", "--net", "sleep", "600")

    async def end() -> None:
        holder.kill()
        await holder.wait()
        _ip("ip", "link", "delete", "near", check=False)

    up.push_async_callback(end)
    await asyncio.sleep(0.2)
    inside = ("nsenter", "--target", str(holder.pid), "--net")
    _ip("ip", "link", "set", "lo", "up")
    _ip("ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(holder.pid))
    _ip("ip", "address", "add", f"{_NEAR}/30", "dev", "near")
    _ip("ip", "link", "set", "near", "up")
    _ip(*inside, "ip", "address", "add", f"{_FAR}/30", "dev", "far")
    _ip(*inside, "ip", "link", "set", "far", "up")
    return holder.pid


def _silence(pid: int) -> None:
    """Whatever arrives on either side goes nowhere: no answers, no errors."""
    inside = ("nsenter", "--target", str(pid), "--net")
    _ip("ip", "neighbour", "replace", _FAR, "lladdr", "02:00:00:00:00:01", "dev", "near", "nud", "permanent")
    _ip(
        *inside,
        "ip",
        "neighbour",
        "replace",
        _NEAR,
        "lladdr",
        "02:00:00:00:00:02",
        "dev",
        "far",
        "nud",
        "permanent",
    )


async def _play(interval: str, *, asks: bool) -> float | None:
    """Seconds until the gateway finds out; with heartbeats too rare to find it."""
    async with AsyncExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        pid = await _apart(up)
        before = ("nsenter", "--target", str(pid), "--net")
        one = await cluster(up, folder, 0, 1, 10, before=before, host=_FAR)
        places = {"cti1": Place(one, "ctim1", None)}
        shaped = {"heartbeat.interval": f'"{interval}"'}
        running: Plant = await serve(up, folder, places, {"cti1": one.addresses["ctim1"]}, shaped, {})
        desk = running.load.desk("tel:1001")
        assert (await desk.sign_in()).served
        _silence(pid)
        asked = asyncio.create_task(desk.snapshot()) if asks else None
        found = await until(lambda: is_out(running, "cti1"), 90, 0.1)
        if asked is not None:
            await asked
        return found


async def main(small: bool) -> list[Measure]:
    asked = await _play("5m", asks=True)
    measures = [seconds("found with a request under way after", asked, 22)]
    if not small:
        idle = await _play("5m", asks=False)
        measures.append(seconds("idle after", idle, 62))
    return measures


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(one) for one in asyncio.run(main("--small" in sys.argv))]))
