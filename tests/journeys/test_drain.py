"""A node leaves: nobody is hurt who can be spared, everybody else is told, nothing is left."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from csta_xml import RequestSystemStatus
from cstagw.client import SignInRefused

from .conftest import ALICE, BOB, House, started, until
from .raw import RawClient
from .test_calls import do

pytestmark = pytest.mark.asyncio

_OPTIONS = (
    b"OPTIONS sip:gw@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bKo%d\r\n"
    b"From: <sip:probe@example.com>;tag=1\r\nTo: <sip:gw@example.com>\r\nCall-ID: probe1\r\n"
    b"CSeq: %d OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


@pytest_asyncio.fixture
async def hasty() -> AsyncIterator[House]:
    """A node that drains in a second."""
    node = await started(drain__notice="400ms", drain__deadline="1s")
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        yield house
        for client in house.clients:
            await client.sign_out()
    await node.stop()


async def drain_status(house: House) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await house.get("/admin/v1/status"))[1])["drain"]
    return found


async def refused(house: House) -> str:
    """What an INVITE gets that opens no session."""
    with pytest.raises(SignInRefused) as caught:
        await house.client(BOB, "tel:1002")
    house.clients.pop()
    return str(caught.value)


async def test_a_drain_turns_probes_off_at_once_and_sessions_away_after_the_notice(hasty: House) -> None:
    await until(lambda: hasty.node.verdict().ready)
    reader, writer = await hasty.raw()
    writer.write(_OPTIONS % (1, 1))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200 ")
    alice = await hasty.client(ALICE, "tel:1001")
    assert await hasty.post("/admin/v1/drain") == 200
    assert (await hasty.get("/readyz"))[0] == 404
    writer.write(_OPTIONS % (2, 2))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 503 ")
    writer.close()
    assert "cstagw_draining 1.0" in (await hasty.get("/metrics"))[1]
    await (await hasty.client("sip:carol@example.com", "tel:1003")).sign_out()
    status = await drain_status(hasty)
    assert (status["phase"], status["leaving"], status["sessions"]) == ("notice", True, 1)
    assert 0 < status["notice_seconds_left"] <= 0.4 < status["deadline_seconds_left"] <= 1.0
    await until(lambda: hasty.node.drain_status()["phase"] == "refusing")
    assert "480" in await refused(hasty)
    assert not alice.ended
    await do(alice, "call 1901 wait established hangup")


async def test_a_drain_ends_what_is_left_at_the_deadline_and_the_node_stays(hasty: House) -> None:
    alice = await hasty.client(ALICE, "tel:1001")
    await hasty.post("/admin/v1/drain")
    await until(lambda: bool(alice.ended))
    assert "the gateway is stopping" in alice.ended
    await until(lambda: hasty.node.drain_status()["phase"] == "drained")
    assert await hasty.post("/admin/v1/undrain") == 409
    assert "480" in await refused(hasty)
    text = (await hasty.get("/metrics"))[1]
    assert 'cstagw_sessions_ended_total{reason="drain"} 1.0' in text
    assert 'cstagw_sessions_rejected_total{reason="draining"} 1.0' in text


async def test_a_drain_that_is_taken_back_has_done_no_harm(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await house.post("/admin/v1/drain")
    assert await house.post("/admin/v1/undrain") == 200
    assert (await drain_status(house))["phase"] == "serving"
    await alice.service(RequestSystemStatus())
    await house.client(BOB, "tel:1002")
    await until(lambda: house.node.verdict().ready)


async def test_taken_back_after_the_notice_it_serves_again(hasty: House) -> None:
    alice = await hasty.client(ALICE, "tel:1001")
    await hasty.post("/admin/v1/drain")
    await until(lambda: hasty.node.drain_status()["phase"] == "refusing")
    await refused(hasty)
    assert await hasty.post("/admin/v1/undrain") == 200
    await hasty.client(BOB, "tel:1002")
    await asyncio.sleep(0.8)  # the deadline that there was
    assert not alice.ended


# As a process


@dataclass
class Process:
    """`cstagw serve` and its listeners."""

    process: asyncio.subprocess.Process
    sip: int
    admin: int

    @classmethod
    async def start(cls, *arguments: str, **environment: str) -> Process:
        program = "from cstagw.cli import main; main()"
        free = ("--listen", "tcp://127.0.0.1:0", "--admin", "127.0.0.1:0")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, "serve", *free, *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE, env={**os.environ, **environment},
        )  # fmt: skip
        assert process.stderr is not None
        async with asyncio.timeout(20):
            welcome = (await process.stderr.readuntil(b"behind it")).decode()
        sip, admin = re.findall(r"://127\.0\.0\.1:(\d+)", welcome)
        return cls(process, int(sip), int(admin))

    async def client(self, line: str = "tel:1001", user: str = "alice") -> RawClient:
        """One that is signed in."""
        async with asyncio.timeout(10):
            client = await RawClient.connect("127.0.0.1", self.sip, line, user)
            while (await client.sign_in()).status != 200:
                await asyncio.sleep(0.05)
        return client

    async def exit_code(self, within: float) -> int:
        async with asyncio.timeout(within):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


HASTY = {"CSTAGW_DRAIN__NOTICE": "300ms", "CSTAGW_DRAIN__DEADLINE": "900ms"}


async def test_sigterm_drains_then_ends_the_sessions_closes_the_flows_and_exits_0() -> None:
    served = await Process.start(**HASTY)
    alice = await served.client()
    served.process.send_signal(signal.SIGTERM)
    bob = await served.client("tel:1002", "bob")  # a balancer that does not know yet
    for client in (alice, bob):
        bye = await client.receive()
        assert (bye.method, "stopping" in bye["reason"]) == ("BYE", True)
    for client in (alice, bob):
        assert await client.reader.read() == b""
        await client.close()
    assert await served.exit_code(5) == 0


async def test_sigterm_waits_for_nobody_once_the_last_session_has_gone() -> None:
    served = await Process.start(CSTAGW_DRAIN__NOTICE="300ms")
    alice = await served.client()
    served.process.send_signal(signal.SIGTERM)
    assert (await alice.answer_to(alice.request("BYE"))).status == 200
    assert await served.exit_code(5) == 0
    await alice.close()


async def test_sigterm_stops_an_unused_node_at_once() -> None:
    served = await Process.start()
    served.process.send_signal(signal.SIGTERM)
    assert await served.exit_code(3) == 0


@pytest.mark.parametrize(
    "numbers", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]]
)
async def test_who_cannot_wait_is_obeyed(numbers: list[signal.Signals]) -> None:
    served = await Process.start()
    alice = await served.client()
    for number in numbers:
        served.process.send_signal(number)
        await asyncio.sleep(0.1)
    assert (await alice.receive()).method == "BYE"
    assert await served.exit_code(4) == 0
    await alice.close()


async def test_sighup_reads_the_file_again_and_a_mistake_in_it_hurts_nobody(tmp_path: Path) -> None:
    file = tmp_path / "gw.toml"
    file.write_text('[log]\nlevel = "info"\n')
    served = await Process.start("--config", str(file))
    alice = await served.client()
    async with aiohttp.ClientSession() as http:

        async def text(path: str) -> str:
            async with http.get(f"http://127.0.0.1:{served.admin}{path}") as answer:
                return await answer.text()

        file.write_text('[log]\nlevel = "debug"\n')
        served.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(5):
            while "debug" not in await text("/admin/v1/loglevel"):
                await asyncio.sleep(0.02)
        file.write_text('[log]\nlevel = "loud"\n')
        served.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(5):
            while "cstagw_config_last_reload_successful 0.0" not in await text("/metrics"):
                await asyncio.sleep(0.02)
        assert "debug" in await text("/admin/v1/loglevel")
    await alice.monitor()
    served.process.send_signal(signal.SIGINT)
    assert await served.exit_code(4) == 0
    await alice.close()
