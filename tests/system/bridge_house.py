"""A gateway with bridges behind it, each a JVM with a stand-in for the JTAPI library, and clients."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cstagw.client import Line, RccClient
from sip import Target, Transport

from .conftest import CSTAGW, Running, start, wait_until
from .jtapi.standin import Control, Jars

USER, PASSWORD = "cstagw", "a-password-nobody-knows"


@dataclass
class BridgeHouse:
    """The gateway, and what a test does at it and behind it."""

    gateway: Running
    folder: Path
    clients: list[RccClient] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    async def client(self, user: str, line: str) -> RccClient:
        """A client that is signed in."""
        target = Target(Transport.TCP, "127.0.0.1", self.gateway.sip)
        client = RccClient(user, line, target, watch=self.lines.append)
        self.clients.append(client)
        await client.sign_in()
        return client

    async def tidy(self) -> None:
        """Everybody signs out, and the stand-in is as it was in the beginning."""
        for client in self.clients:
            await client.sign_out()
        self.clients.clear()
        await asyncio.to_thread(self.control().ask, "reset")

    def control(self, host: str = "127.0.0.1") -> Control:
        """The stand-in that stands for this CUCM node now."""
        found: list[Control] = []

        def look() -> bool:
            for file in (self.folder / "control").iterdir():
                control = Control(file)
                try:
                    if control.ask("host") == host:
                        found.append(control)
                        return True
                except OSError:  # of a JVM that is gone
                    continue
            return False

        wait_until(look)
        return found[0]

    def status(self, name: str = "cucm1") -> dict[str, Any]:
        """What the admin interface says of a CTIManager."""
        answer = json.loads(self.gateway.get("/admin/v1/ctimanagers")[1])
        return next(one for one in answer["ctimanagers"] if one["name"] == name)

    def is_in_service(self, name: str = "cucm1") -> bool:
        return bool(self.status(name)["state"] == "IN_SERVICE")

    def cti(self) -> str:
        """What an administrator reads."""
        return run("cti", "--admin", self.gateway.admin)

    def bridges(self) -> dict[str, int]:
        """The process of each bridge, by the name of its CTIManager."""
        found: dict[str, int] = {}
        for record in self.log("bridge.started"):
            found[record["cti"]] = record["pid"]
        return found

    def log(self, event: str = "") -> list[dict[str, Any]]:
        """The gateway's log, or those of its lines that are about an event."""
        lines = [line for line in self.gateway.log.read_text().splitlines() if line.startswith("{")]
        records = [json.loads(line) for line in lines]
        return [record for record in records if not event or record["event"] == event]


def configuration(
    folder: Path, jars: Jars, hosts: dict[str, str], *, more: str = "", plain: bool = False
) -> Path:
    """The file of a gateway that has these CUCM nodes, by name."""
    (folder / "control").mkdir()
    (folder / "password").write_text(PASSWORD + "\n")
    options = [
        f"-Dstandin.control={folder / 'control'}",
        f"-Dstandin.user={USER}",
        f"-Dstandin.password={PASSWORD}",
        "-Xmx128m",
    ]
    text = f"""
[heartbeat]
interval = "1s"
[jtapi]
jar = "{jars.plain if plain else jars.cisco}"
user = "{USER}"
password_file = "{folder / "password"}"
jvm_options = {json.dumps(options)}
{'peer = "standin.PlainPeer"' if plain else ""}
"""
    for name, host in hosts.items():
        text += f'[[ctimanager]]\nname = "{name}"\nurl = "jtapi://{host}"\n'
    file = folder / "cstagw.toml"
    file.write_text(text + more)
    return file


def open_house(folder: Path, file: Path) -> BridgeHouse:
    """Start a gateway with this configuration; every CTIManager is in service then."""
    house = BridgeHouse(start(folder, CSTAGW_CONFIG=str(file)), folder)
    wait_until(lambda: all(house.is_in_service(name) for name in _names(house)), 30)
    return house


def _names(house: BridgeHouse) -> list[str]:
    answer = json.loads(house.gateway.get("/admin/v1/ctimanagers")[1])
    return [one["name"] for one in answer["ctimanagers"]]


def run(*words: str, ok: tuple[int, ...] = (0,)) -> str:
    """What a command of ours prints."""
    done = subprocess.run(
        [CSTAGW, *words], capture_output=True, text=True, timeout=30, check=False, env={**os.environ}
    )
    assert done.returncode in ok, done.stdout + done.stderr
    return done.stdout + done.stderr


async def until(condition: Callable[[], bool], within: float = 10.0) -> None:
    """Wait for something that happens by itself, while clients go on."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.02)
