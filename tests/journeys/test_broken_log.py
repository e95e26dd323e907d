"""The log cannot be written any more: nobody on the wire notices."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import re
import signal
import sys
from collections.abc import Iterator

import pytest

from cstagw.log import lost_lines, set_up
from tests.logs import log_restored

from .conftest import ALICE, BOB, House, until
from .raw import RawClient
from .test_calls import do

pytestmark = pytest.mark.asyncio


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def broken_log() -> Iterator[None]:
    with log_restored():
        set_up("info", "json", "gw1", Full())
        yield


@pytest.mark.usefixtures("broken_log")
async def test_sessions_start_and_ctimanagers_come_back_though_the_log_is_broken(house: House) -> None:
    before = lost_lines()
    alice = await house.client(ALICE, "tel:1001")
    bob = await house.client(BOB, "tel:1002")
    await house.fault("ctim1", "crash")
    await until(lambda: bool(alice.ended))
    assert not bob.ended
    await house.fault("ctim1", "none")
    await until(lambda: house.node.facts().cti_in_service == 2, within=8)
    again = await house.client(ALICE, "tel:1001")
    await do(again, "call 1901 wait established hangup")
    await do(bob, "call 1901 wait established hangup")
    assert house.node.link_sessions() == {"ctim1": 1, "ctim2": 1}
    assert lost_lines() >= before + 4


async def test_a_process_whose_reader_is_gone_serves_and_stops_with_exit_code_0() -> None:
    reading, writing = os.pipe()
    program = "from cstagw.cli import main; main()"
    arguments = ["-c", program, "serve", "--listen", "tcp://127.0.0.1:0", "--admin", "127.0.0.1:0"]
    at_once = {"CSTAGW_DRAIN__NOTICE": "0s", "CSTAGW_DRAIN__DEADLINE": "0s"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **at_once},
    )
    os.close(writing)
    os.close(reading)
    assert process.stderr is not None
    async with asyncio.timeout(20):
        welcome = (await process.stderr.readuntil(b"admin on")).decode()
        found = re.search(r"127\.0\.0\.1:(\d+)", welcome)
        assert found is not None
        client = await RawClient.connect("127.0.0.1", int(found.group(1)))
        while (await client.sign_in()).status != 200:
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        bye = await client.receive()
        _, complaints = await process.communicate()
    await client.close()
    assert bye.method == "BYE"
    assert process.returncode == 0
    assert b"Broken pipe" not in complaints
