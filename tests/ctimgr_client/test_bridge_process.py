"""A bridge process is kept, replaced and ended; a few lines of Python stand for the bridge."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.bridge_log import BURST
from ctimgr_client.bridge_process import BridgeCommand, BridgeProcess
from ctimgr_client.failures import link_down

pytestmark = pytest.mark.asyncio

ADDRESS = CtiManagerAddress("cucm1", "10.0.0.11", 2748, "jtapi")

#: Writes what it was told into a file, says so, and waits until its standard input ends.
GOOD = """
import json, os, sys
open(sys.argv[1], "w").write(sys.stdin.readline())
print(json.dumps({"event": "bridge.ready", "level": "info", "timestamp": "x"}), file=sys.stderr, flush=True)
sys.stdin.read()
"""


def process(tmp_path: Path, script: str = GOOD, settings: Callable[[], str] = lambda: "{}") -> BridgeProcess:
    command = BridgeCommand(
        (sys.executable, "-c", script, str(tmp_path / "told")), settings, tmp_path / "bridge.sock"
    )
    return BridgeProcess(ADDRESS, command, chance=lambda: 0.0)


def running(bridge: BridgeProcess) -> AbstractAsyncContextManager[None]:
    return bridge.running(lambda: True)


async def until(condition: Callable[[], bool], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


Log = list[MutableMapping[str, Any]]


def of(log: Log, event: str) -> Log:
    return [record for record in log if record["event"] == event]


def pids(log: Log) -> list[int]:
    return [record["pid"] for record in of(log, "bridge.started")]


def seen_from_outside(pid: int) -> bytes:
    return b"".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in ("cmdline", "environ"))


def why(bridge: BridgeProcess) -> str:
    return f"{bridge.trouble.reason}: {bridge.trouble.cause}" if bridge.trouble else ""


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_is_told_its_settings_and_ends_with_us(tmp_path: Path) -> None:
    with capture_logs() as log:
        bridge = process(tmp_path, settings=lambda: json.dumps({"password": "not-a-real-one"}))
        assert why(bridge).startswith("opening")
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.ready")))
            assert why(bridge) == ""
            assert json.loads((tmp_path / "told").read_text()) == {"password": "not-a-real-one"}
            (pid,) = pids(log)
            assert b"not-a-real-one" not in seen_from_outside(pid)
        assert not lives(pid)
        assert "not-a-real-one" not in str(log)


async def test_what_dies_is_started_anew_with_settings_read_anew(tmp_path: Path) -> None:
    made: list[str] = []

    def settings() -> str:
        made.append("{}")
        return "{}"

    with capture_logs() as log:
        bridge = process(tmp_path, settings=settings)
        async with running(bridge):
            await until(lambda: len(of(log, "bridge.ready")) == 1)
            os.kill(pids(log)[0], signal.SIGKILL)
            await until(lambda: why(bridge) != "")
            assert why(bridge).startswith("bridge_gone")
            assert "SIGKILL" in why(bridge)
            await until(lambda: len(of(log, "bridge.ready")) == 2)
            assert why(bridge) == ""
    assert len(made) == 2
    assert len(set(pids(log))) == 2


async def test_one_that_hangs_is_killed_when_somebody_says_so(tmp_path: Path) -> None:
    with capture_logs() as log:
        bridge = process(tmp_path)
        async with running(bridge):
            await until(lambda: len(of(log, "bridge.ready")) == 1)
            (old,) = pids(log)
            os.kill(old, signal.SIGSTOP)
            silent = link_down("silent", ADDRESS)
            assert [bridge.blame(silent).reason, bridge.blame(silent).reason] == ["bridge_hung"] * 2
            assert why(bridge).startswith("bridge_hung")
            await until(lambda: len(of(log, "bridge.ready")) == 2)
            assert not lives(old)
    (ended, *_) = of(log, "bridge.ended")
    assert ended["reason"] == "bridge_hung"
    assert len(of(log, "bridge.killed")) == 1


async def test_one_that_does_not_want_to_end_is_made_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctimgr_client.bridge_process.GRACE", 0.2)
    stubborn = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + GOOD + "while True: signal.pause()"
    )
    with capture_logs() as log:
        async with running(process(tmp_path, stubborn)):
            await until(lambda: bool(of(log, "bridge.ready")))
        assert not any(map(lives, pids(log)))


async def test_its_last_words_say_why(tmp_path: Path) -> None:
    script = "import sys; sys.stderr.write('no such thing\\nreally not\\n'); sys.exit(3)"
    with capture_logs() as log:
        bridge = process(tmp_path, script)
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.ended")))
    assert "ended with code 3, said: no such thing | really not" in why(bridge)
    assert [record["text"] for record in of(log, "bridge.said")][:2] == ["no such thing", "really not"]


async def test_a_log_without_end_is_cut_short(tmp_path: Path) -> None:
    lines = BURST * 5
    script = f"import sys\nfor n in range({lines}): sys.stderr.write('x' * 100 + '\\n')\nsys.exit(1)"
    with capture_logs() as log:
        async with running(process(tmp_path, script)):
            await until(lambda: bool(of(log, "bridge.ended")))
    assert BURST <= len(of(log, "bridge.said")) < 2 * BURST


async def test_a_line_without_end_costs_no_memory(tmp_path: Path) -> None:
    script = "import sys\nfor n in range(200): sys.stderr.write('x' * 10000)\nsys.exit(1)"
    with capture_logs() as log:
        async with running(process(tmp_path, script)):
            await until(lambda: bool(of(log, "bridge.ended")))
    assert all(len(record["text"]) <= 1000 for record in of(log, "bridge.said"))


async def test_settings_that_cannot_be_read_are_its_trouble(tmp_path: Path) -> None:
    def settings() -> str:
        raise OSError("jtapi.password_file: secret.txt cannot be read")

    with capture_logs() as log:
        bridge = process(tmp_path, settings=settings)
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.not_started")))
    assert "secret.txt cannot be read" in why(bridge)
    assert pids(log) == []


async def test_what_became_of_a_link_is_what_became_of_the_process(tmp_path: Path) -> None:
    bridge = process(tmp_path)
    with capture_logs() as log:
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.ready")))
            assert bridge.blame(link_down("reset", ADDRESS)).cause.startswith("bridge not running (its con")
            assert bridge.blame(link_down("bad_login", ADDRESS)).reason == "bad_login"
            assert lives(*pids(log))


async def test_one_that_starts_has_time_to_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge, no_answer = process(tmp_path), link_down("no_answer", ADDRESS)
    with capture_logs() as log:
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.ready")))
            assert bridge.blame(no_answer).reason == "opening"
            monkeypatch.setattr("ctimgr_client.bridge_process.START_LIMIT", 0.0)
            assert bridge.blame(no_answer).reason == "bridge_hung"
            await until(lambda: len(of(log, "bridge.ready")) == 2)


async def test_nobody_waits_for_one_that_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 600.0)
    monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE_WITHOUT_SERVICE", 0.01)
    bridge, needed = process(tmp_path, "import sys; sys.exit(1)"), False
    with capture_logs() as log:
        async with bridge.running(lambda: needed):
            await until(lambda: len(of(log, "bridge.ended")) == 1)
            await asyncio.sleep(0.05)
            assert len(pids(log)) == 1
            needed = True
            bridge.hurry()
            await until(lambda: len(pids(log)) > 3)
    assert len(of(log, "bridge.ended")) == 1


async def test_a_pipe_that_another_holds_open_does_not_keep_it(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.Popen(['sleep', '3'], stdout=2); sys.exit(4)"
    with capture_logs() as log:
        bridge = process(tmp_path, script)
        async with running(bridge):
            await until(lambda: bool(of(log, "bridge.ended")), within=2.5)
    assert "ended with code 4" in why(bridge)
