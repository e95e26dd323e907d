"""The processes of a row: simulated CTIManagers, proxies before them where wanted, and the gateway.

Whatever happens in a row, all of it is gone afterwards.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from .load import Load
from .proxy import Proxy

#: The installed command, beside the interpreter that runs this.
CSTAGW = Path(sys.executable).with_name("cstagw")
_START = 30.0
#: What a row provokes on purpose; any other error in the gateway's log is a fault of its own.
_WRONG, _MEANT = ("error", "critical"), ("config.refused",)


@dataclass(eq=False)
class Program:
    """A process of ours and what it writes."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found.group(1)) * 1024 if found else 0

    def sockets(self) -> int:
        """Open file descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def end(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(timeout=10)


@dataclass(eq=False)
class Cluster(Program):
    """One simulated cluster; `addresses` by its own names ctim1, ctim2, ..."""

    addresses: dict[str, tuple[str, int]] = field(default_factory=dict)
    control: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a CTIManager of the gateway's configuration is: its cluster, its name there, its proxy."""

    cluster: Cluster
    name: str
    proxy: Proxy | None


@dataclass(eq=False)
class Plant:
    """Everything that runs in a row."""

    folder: Path
    http: aiohttp.ClientSession
    places: dict[str, Place]
    gateway: Program
    admin: str = ""
    sip: int = 0
    load: Load = field(default_factory=lambda: Load(0))

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(f"http://{self.admin}{path}") as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, words: Mapping[str, object] | None = None) -> int:
        async with self.http.post(f"http://{self.admin}{path}", json=words or {}) as answer:
            await answer.read()
            return answer.status

    async def ask_cluster(self, cluster: Cluster, path: str, words: Mapping[str, object] | None) -> Any:
        """POST, or GET without words."""
        method = "GET" if words is None else "POST"
        async with self.http.request(method, f"http://{cluster.control}/sim/v1/{path}", json=words) as answer:
            assert answer.status == 200, f"{path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def fault(self, name: str, fault: str, **words: object) -> None:
        """Break a CTIManager."""
        place = self.places[name]
        await self.ask_cluster(place.cluster, f"ctimanagers/{place.name}/fault", {"fault": fault, **words})

    async def state(self, cluster: Cluster) -> Any:
        """What the cluster holds."""
        return await self.ask_cluster(cluster, "state", None)

    def clusters(self) -> list[Cluster]:
        return list(dict.fromkeys(place.cluster for place in self.places.values()))

    async def ctimanagers(self) -> dict[str, dict[str, Any]]:
        """As the gateway sees them."""
        _, text = await self.get("/admin/v1/ctimanagers")
        return {one["name"]: one for one in json.loads(text)["ctimanagers"]}

    async def status(self) -> Any:
        """The gateway about itself."""
        return json.loads((await self.get("/admin/v1/status"))[1])

    async def in_service(self) -> int:
        return sum(one["state"] != "OUT_OF_SERVICE" for one in (await self.ctimanagers()).values())

    async def metrics(self) -> dict[str, float]:
        """Every series, written as in the exposition."""
        _, text = await self.get("/metrics")
        rows = (row.rpartition(" ") for row in text.splitlines() if row and not row.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    async def ready(self) -> bool:
        return (await self.get("/readyz"))[0] == 200

    def lines(self, *events: str) -> list[dict[str, Any]]:
        """Log lines of the gateway by event; all of them without."""
        found = []
        for text in self.gateway.text().splitlines():
            if text.startswith("{"):
                one = json.loads(text)
                if not events or one.get("event") in events:
                    found.append(one)
        return found

    def carriers(self) -> dict[str, str]:
        """The CTIManager of every session, by Call-ID."""
        return {one["call_id"]: one["cti"] for one in self.lines("session.started")}


async def until(
    condition: Callable[[], Any], within: float, pause: float = 0.02, *, empty: bool = False
) -> float | None:
    """Seconds until a condition holds (or until what it gives is empty), asked again and again; None where it
    does not in time."""
    begun = time.monotonic()
    while True:
        held = condition()
        if asyncio.iscoroutine(held):
            held = await held
        passed = time.monotonic() - begun
        if bool(held) is not empty:
            return passed
        if passed > within:
            return None
        await asyncio.sleep(pause)


def _run(folder: Path, name: str, words: Sequence[str | Path], more: Mapping[str, str]) -> tuple[Any, Path]:
    log = folder / f"{name}.log"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CSTAGW_")}
    with log.open("wb") as out:
        return subprocess.Popen(
            words, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env={**kept, **more}
        ), log


async def cluster(
    up: AsyncExitStack, folder: Path, number: int, ctimanagers: int, phones: int, *options: str,
    before: Sequence[str] = (), host: str = "127.0.0.1",
) -> Cluster:  # fmt: skip
    """Start `cstagw simulate ctimgr` with so many CTIManagers."""
    listen = [word for _ in range(ctimanagers) for word in ("--listen", f"{host}:0")]
    words: list[str | Path] = [*before, CSTAGW, "simulate", "ctimgr", *listen, "--phones", str(phones)]
    started = await asyncio.to_thread(
        _run, folder, f"cluster{number}", [*words, "--control", f"{host}:0", *options], {}
    )
    found = Cluster(*started)
    up.callback(found.end)
    await until(lambda: found.process.poll() is not None or "control: " in found.text(), _START)
    assert found.process.poll() is None, found.text()
    for name, at, port in re.findall(r'name = "(\w+)"\nurl = "csta://([\d.]+):(\d+)"', found.text()):
        found.addresses[name] = (at, int(port))
    control = re.search(r"http://([^/]+)/sim", found.text())
    found.control = control.group(1) if control else ""
    return found


def configuration(addresses: Mapping[str, tuple[str, int]], settings: Mapping[str, str]) -> str:
    """The gateway's file. Settings are written as `section.key` = TOML value."""
    sections: dict[str, list[str]] = {
        "sip": ['listen = ["tcp://127.0.0.1:0"]'],
        "admin": ['listen = "127.0.0.1:0"'],
    }
    for path, value in settings.items():
        section, _, key = path.partition(".")
        sections.setdefault(section, []).append(f"{key} = {value}")
    text = "".join(f"[{name}]\n" + "\n".join(rows) + "\n\n" for name, rows in sections.items())
    for name, (host, port) in addresses.items():
        text += f'[[ctimanager]]\nname = "{name}"\nurl = "csta://{host}:{port}"\n\n'
    return text


@asynccontextmanager
async def plant(
    layout: Sequence[int],
    *,
    phones: int,
    proxied: bool = False,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Plant]:
    """One cluster per number in `layout`, with so many CTIManagers, and a gateway that is ready; the gateway
    knows them as cti1, cti2, ..."""
    async with AsyncExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        places: dict[str, Place] = {}
        addresses: dict[str, tuple[str, int]] = {}
        for number, many in enumerate(layout):
            one = await cluster(up, folder, number, many, phones, *options)
            for name, (host, port) in one.addresses.items():
                proxy = await _proxy(up, host, port) if proxied else None
                known = f"cti{len(places) + 1}"
                places[known] = Place(one, name, proxy)
                addresses[known] = ("127.0.0.1", proxy.port) if proxy else (host, port)
        running = await serve(up, folder, places, addresses, settings or {}, environment or {})
        yield running
        errors = [one for one in running.lines() if one.get("level") in _WRONG and one["event"] not in _MEANT]
        assert not errors, f"the gateway logged {len(errors)} errors: {errors[0]}"
        assert "Traceback" not in running.gateway.text(), running.gateway.text()[-2000:]


async def serve(
    up: AsyncExitStack,
    folder: Path,
    places: dict[str, Place],
    addresses: Mapping[str, tuple[str, int]],
    settings: Mapping[str, str],
    environment: Mapping[str, str],
) -> Plant:
    """The gateway before these CTIManagers, ready, and its clients' connections."""
    file = folder / "gateway.toml"
    file.write_text(configuration(addresses, settings))
    http = await up.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)))
    gateway = Program(*_run(folder, "gateway", [CSTAGW, "serve", "--config", file], environment))
    up.callback(gateway.end)
    running = Plant(folder, http, places, gateway)
    await until(lambda: gateway.process.poll() is not None or running.lines("node.started"), _START)
    assert gateway.process.poll() is None, gateway.text()
    facts = running.lines("node.started")[0]
    running.admin, running.sip = facts["admin"], int(facts["sip"][0].rpartition(":")[2])
    running.load = Load(running.sip)
    await until(running.ready, _START)
    assert await running.in_service() == len(places), gateway.text()
    await running.load.connect()
    up.callback(running.load.close)
    return running


async def _proxy(up: AsyncExitStack, host: str, port: int) -> Proxy:
    proxy = Proxy(host, port)
    await proxy.start()
    up.push_async_callback(proxy.stop)
    return proxy
