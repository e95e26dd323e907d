"""A whole gateway node on free ports, over real sockets, with the simulated cluster behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from cstagw.client import Line, RccClient
from cstagw.config import load
from cstagw.node import Node
from cstagw.tls import trusting
from sip import Target, Transport
from tests.journeys.bodies import collected

ALICE = "sip:alice@example.com"
BOB = "sip:bob@example.com"


@dataclass
class House:
    """The node, and what a test does with it from the outside."""

    node: Node
    http: aiohttp.ClientSession
    clients: list[RccClient] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    certificate: Path | None = None
    transport: Transport = Transport.TCP

    @property
    def gateway(self) -> Target:
        address = next(one for one in self.node.sip_addresses if one.transport is self.transport)
        return Target(self.transport, address.host, address.port)

    async def client(self, user: str, line: str, *, answer_events: bool = True) -> RccClient:
        """A client that is signed in."""
        client = RccClient(
            user,
            line,
            self.gateway,
            watch=self.lines.append,
            answer_events=answer_events,
            tls=trusting(self.certificate),
        )
        self.clients.append(client)
        await client.sign_in()
        return client

    async def post(self, path: str, words: dict[str, object] | None = None) -> int:
        async with self.http.post(f"http://{self.node.admin_address}{path}", json=words or {}) as response:
            await response.read()
            return response.status

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(f"http://{self.node.admin_address}{path}") as response:
            return response.status, await response.text()

    async def phone(self, device: str, action: str, **words: object) -> None:
        assert await self.post(f"/sim/v1/devices/{device}/{action}", words) == 200

    async def fault(self, name: str, fault: str) -> None:
        assert await self.post(f"/sim/v1/ctimanagers/{name}/fault", {"fault": fault}) == 200

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare TCP connection to the SIP listener."""
        return await asyncio.open_connection(self.gateway.host, self.gateway.port)


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    """Wait for something that the node does by itself."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def started(**overrides: object) -> Node:
    """A node that has all its CTIManagers in service."""
    settings = {
        "sip.listen": ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"],
        "admin.listen": "127.0.0.1:0",
        "heartbeat.interval": "500ms",
        **{key.replace("__", "."): value for key, value in overrides.items()},
    }
    node = Node(load(None, settings))
    await node.start()
    await until(lambda: node.facts().cti_in_service == len(node.links()))
    return node


Start = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def _valid_bodies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where CSTA_XSD names a schema, every body of every journey is held against it."""
    schema = os.environ.get("CSTA_XSD")
    if not schema:
        yield
        return
    with collected(monkeypatch) as bodies:
        yield
    assert bodies.violations(Path(schema)) == []


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    node = await started()
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        yield house
        for client in house.clients:
            await client.sign_out()
    await node.stop()
