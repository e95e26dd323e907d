"""A CTIManager behind a bridge process: what its link is told to be, and what an administrator reads."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ctimgr_client import CtiManagers, CtiManagerStatus
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.bridge_process import BridgeCommand, BridgeProcess
from tests.ctimgr_client import fake_bridge
from tests.ctimgr_client.fake_ctimanager import Diary, until

pytestmark = pytest.mark.asyncio

ADDRESS = CtiManagerAddress("cucm1", "10.0.0.11", 2748, "jtapi")
INTERVAL = 0.2


@dataclass
class Scene:
    folder: Path
    managers: CtiManagers
    diary: Diary
    log: list[MutableMapping[str, Any]]

    @property
    def status(self) -> CtiManagerStatus:
        [status] = self.managers.status()
        return status

    def of(self, event: str) -> list[MutableMapping[str, Any]]:
        return [record for record in self.log if record["event"] == event]

    @property
    def pid(self) -> int:
        return int(self.of("bridge.started")[-1]["pid"])

    def says(self, why: str) -> None:
        (self.folder / "why").write_text(why)

    async def up(self) -> None:
        (self.folder / "why").unlink(missing_ok=True)
        await until(self.managers.in_service)


@asynccontextmanager
async def scene(folder: Path, why: str = "", script: str = "") -> AsyncIterator[Scene]:
    socket, diary = folder / "bridge.sock", Diary()
    program = ("-c", script) if script else (fake_bridge.__file__, str(folder / "why"))
    settings = json.dumps({"listen": f"unix:{socket}"})
    managers = CtiManagers(
        [ADDRESS],
        application_id="cstagw-test",
        interval=INTERVAL,
        request_timeout=2.0,
        listener=diary,
        bridge=lambda address: BridgeProcess(
            address, BridgeCommand((sys.executable, *program), lambda: settings, socket), chance=lambda: 0.0
        ),
    )
    if why:
        (folder / "why").write_text(why)
    with capture_logs() as log:
        there = Scene(folder, managers, diary, log)
        task = asyncio.create_task(managers.run())
        try:
            yield there
        finally:
            task.cancel()
            await asyncio.wait([task])
    assert not socket.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(there.pid, 0)


async def test_a_provider_that_is_being_opened_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path, "opening|reading devices") as it:
        await until(lambda: "reading devices" in (it.status.cause or ""))
        assert (it.status.cause or "").startswith("provider is being opened (reading devices): the bridge")
        assert (it.status.last_error, it.of("cti.connect_failed")) == (None, [])
        monkeypatch.setattr("ctimgr_client.supervisor.PATIENCE", 0.0)
        await until(lambda: bool(it.of("cti.connect_failed")))
        assert it.of("cti.connect_failed")[0]["reason"] == "opening"
        await it.up()
        assert it.status.cause is None


async def test_a_refused_login_is_the_providers_own_words(tmp_path: Path) -> None:
    async with scene(tmp_path, "bad_login|Unable to create provider -- bad login or password.") as it:
        await until(lambda: bool(it.of("cti.connect_failed")))
        [failed] = it.of("cti.connect_failed")
        assert failed["reason"] == "bad_login"
        assert "(Unable to create provider -- bad login or password.)" in failed["cause"]
        assert "check the application's user and password in CUCM" in (it.status.cure or "")


async def test_a_session_that_the_bridge_ends_says_why(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.up()
        it.says("provider_down|lost")
        await until(lambda: bool(it.diary.downs))
        assert it.diary.downs[0].cause.startswith("JTAPI provider out of service (lost): the CTIManager of")
        await it.up()
        assert (it.status.generation, len(it.of("bridge.started"))) == (2, 1)


async def test_one_that_was_killed_is_back_as_another(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.up()
        os.kill(it.pid, signal.SIGKILL)
        await until(lambda: bool(it.diary.downs))
        assert it.diary.downs[0].reason == "bridge_gone"
        await until(lambda: len(it.diary.links) == 2)
        assert len(it.of("bridge.started")) == 2
        assert "SIGKILL" in it.of("bridge.ended")[0]["cause"]
        assert it.status.generation == 2


async def test_one_that_was_stopped_is_found_by_its_silence_and_replaced(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.up()
        os.kill(it.pid, signal.SIGSTOP)
        await until(lambda: bool(it.diary.downs))
        assert it.diary.downs[0].reason == "bridge_hung"
        await until(lambda: len(it.diary.links) == 2)
        assert it.of("bridge.ended")[0]["reason"] == "bridge_hung"


async def test_one_that_ends_again_and_again_says_its_last_words(tmp_path: Path) -> None:
    async with scene(tmp_path, script="import sys; sys.exit('no space left')") as it:
        await until(lambda: bool(it.of("cti.connect_failed")))
        assert it.of("cti.connect_failed")[0]["reason"] == "bridge_gone"
        assert "(ended with code 1, said: no space left)" in (it.status.cause or "")
