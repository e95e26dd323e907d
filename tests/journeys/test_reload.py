"""The configuration changes under a node that serves: nobody is disturbed."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from csta_xml import RequestSystemStatus
from cstagw.config import Config, load
from cstagw.log import set_up
from cstagw.node import Node
from ctimgr_client.simulator import Simulator
from sip import Transport

from ..certificates import self_signed
from ..logs import log_restored
from .conftest import ALICE, BOB, House, until
from .test_calls import do

pytestmark = pytest.mark.asyncio


@dataclass
class Served:
    """A node with TLS, and the folder of its file."""

    house: House
    folder: Path

    def write(self, text: str) -> None:
        write(self.folder, text)

    async def reload(self) -> tuple[int, dict[str, Any]]:
        url = f"http://{self.house.node.admin_address}/admin/v1/reload"
        async with self.house.http.post(url) as answer:
            return answer.status, await answer.json()

    async def certificate(self) -> bytes:
        """What a new connection is shown."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        address = next(one for one in self.house.node.sip_addresses if one.transport is Transport.TLS)
        _, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
        shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        await writer.wait_closed()
        return shown


def write(folder: Path, text: str) -> Path:
    """The file of the node, with this at its end."""
    file = folder / "gw.toml"
    file.write_text(
        '[sip]\nlisten = ["tcp://127.0.0.1:0", "tls://127.0.0.1:0"]\n[admin]\nlisten = "127.0.0.1:0"\n'
        f'[tls]\ncertificate = "{folder / "gw1.example.com.pem"}"\n{text}'
    )
    return file


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    with log_restored():
        set_up("warning", "json", "gw1")
        yield


@pytest_asyncio.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    certificate = self_signed(tmp_path)
    file = write(tmp_path, '[log]\nlevel = "warning"\n')
    node = Node(load(file), reread=lambda: load(file))
    await node.start()
    await until(lambda: node.facts().cti_in_service == 2)
    async with aiohttp.ClientSession() as http:
        house = House(node, http, certificate=certificate)
        yield Served(house, tmp_path)
        for client in house.clients:
            await client.sign_out()
    await node.stop()


async def test_a_reload_applies_what_it_can_and_lists_the_rest(served: Served) -> None:
    alice = await served.house.client(ALICE, "tel:1001")
    served.write(
        '[log]\nlevel = "error"\n[drain]\nnotice = "0s"\ndeadline = "0s"\n[session]\nexpires = "1h"\n'
    )
    applied = ["drain.deadline", "drain.notice", "log.level"]
    assert await served.reload() == (200, {"applied": applied, "restart": ["session.expires"]})
    await alice.service(RequestSystemStatus())
    assert not alice.ended
    assert await served.house.post("/admin/v1/drain") == 200
    await until(lambda: bool(alice.ended))


async def test_a_mistake_changes_nothing_and_all_mistakes_are_told(served: Served) -> None:
    served.write('[log]\nlevel = "loud"\nx = 1\n[drain]\nnotice = "0s"\n')
    status, answer = await served.reload()
    assert (status, [one["path"] for one in answer["problems"]]) == (422, ["log.level", "log.x"])
    assert served.house.node.reloading.config.drain.notice == 5.0
    assert "cstagw_config_last_reload_successful 0.0" in (await served.house.get("/metrics"))[1]
    assert json.loads((await served.house.get("/admin/v1/loglevel"))[1]) == {"level": "warning"}


async def test_a_renewed_certificate_is_shown_to_new_connections_and_costs_none(served: Served) -> None:
    served.house.transport = Transport.TLS
    alice = await served.house.client(ALICE, "tel:1001")
    before = await served.certificate()
    self_signed(served.folder)
    assert await served.certificate() == before
    assert await served.reload() == (200, {"applied": ["tls.certificate"], "restart": []})
    assert await served.certificate() != before
    await do(alice, "call 1901 wait established hangup")
    bob = await served.house.client(BOB, "tel:1002")
    await bob.service(RequestSystemStatus())


async def test_reloads_in_the_middle_of_calls_drop_nothing(served: Served) -> None:
    alice = await served.house.client(ALICE, "tel:1001")
    calling = asyncio.create_task(
        do(alice, " ".join(["call 1901 wait established hangup wait cleared"] * 10))
    )
    outcomes: list[int] = []
    while not calling.done():
        served.write('[log]\nlevel = "loud"\n' if len(outcomes) % 2 else '[log]\nlevel = "error"\n')
        outcomes.append((await served.reload())[0])
    await calling
    assert set(outcomes) == {200, 422}
    assert not alice.ended


async def test_ctimanagers_come_and_go_and_cost_only_their_own_sessions(tmp_path: Path) -> None:
    simulator = Simulator()
    places = [str(one) for one in await simulator.start([("127.0.0.1", 0)] * 3)]
    file = tmp_path / "gw.toml"

    def configure(*numbers: int) -> None:
        entries = (f'[[ctimanager]]\nname = "ctim{one + 1}"\nurl = "{places[one]}"\n' for one in numbers)
        file.write_text("".join(entries) + '[admin]\nlisten = "127.0.0.1:0"\n')

    def read() -> Config:
        return load(file, {"sip.listen": ["tcp://127.0.0.1:0"]})

    configure(0, 1)
    node = Node(read(), reread=read)
    await node.start()
    await until(lambda: node.facts().cti_in_service == 2)
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
        assert node.link_sessions() == {"ctim1": 1, "ctim2": 1}
        configure(1, 2)
        assert node.reloading.reload().applied == ("ctimanager",)
        assert node.facts().cti_attempted
        await until(lambda: [link.name for link in node.links()] == ["ctim2", "ctim3"])
        await until(lambda: bool(alice.ended) and node.facts().cti_in_service == 2)
        await do(bob, "call 1901 wait established hangup")
        await house.client(ALICE, "tel:1001")
        await house.client("sip:carol@example.com", "tel:1003")
        assert node.link_sessions() == {"ctim2": 2, "ctim3": 1}
        for client in house.clients:
            await client.sign_out()
    await node.stop()
    await simulator.stop()
