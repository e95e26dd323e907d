"""The bridge as a process of its own: how it is told, how it ends, what it logs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ctimgr_client.jtapi.settings import BridgeSettings
from tests.ctimgr_client.simulator.raw_client import framed, start

ROOT = Path(__file__).parents[3]
PASSWORD = "p4ssw0rd"


def settings(folder: Path, *, user: str = "cstagw", listen: str = "") -> BridgeSettings:
    return BridgeSettings(
        name="cucm1",
        host="10.0.0.11",
        listen=listen or f"unix:{folder / 'bridge.sock'}",
        class_path=(),
        user=user,
        password=PASSWORD,
        hang_after=1.0,
    )


class Process:
    """A bridge that was told `line`."""

    def __init__(self, line: str, module: str = "tests.ctimgr_client.jtapi.program") -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert self.popen.stdin is not None
        self.popen.stdin.write(line.encode() + b"\n")
        self.popen.stdin.flush()

    def end_of_input(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.close()

    def ended(self) -> tuple[int, list[dict[str, str]]]:
        """Exit code and log."""
        code = self.popen.wait(15)
        assert self.popen.stderr is not None
        lines = self.popen.stderr.read().decode()
        assert PASSWORD not in lines
        return code, [json.loads(line) for line in lines.splitlines()]


@contextmanager
def bridge(line: str, module: str = "tests.ctimgr_client.jtapi.program") -> Iterator[Process]:
    process = Process(line, module)
    try:
        yield process
    finally:
        process.popen.kill()
        process.popen.wait()
        for stream in (process.popen.stdin, process.popen.stderr):
            if stream is not None and not stream.closed:
                stream.close()


def session(folder: Path) -> socket.socket:
    """A connection with a session, as soon as there can be one."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(5)
        try:
            sock.connect(str(folder / "bridge.sock"))
            sock.sendall(framed(0, start()))
            if b"StartApplicationSessionPosResponse" in sock.recv(65536):
                return sock
        except OSError:
            pass
        sock.close()
        time.sleep(0.02)
    raise TimeoutError


@pytest.mark.parametrize("user", ["cstagw", "slow"])
def test_sigterm_says_good_bye_and_ends_within_its_time(tmp_path: Path, user: str) -> None:
    with bridge(settings(tmp_path, user=user).to_json()) as process, session(tmp_path) as sock:
        begun = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)
        assert b"cstagw-bridge/bridge_gone" in sock.recv(65536)
        assert sock.recv(65536) == b""
        code, log = process.ended()
        assert code == os.EX_OK
        assert time.monotonic() - begun < 2.9
        assert [entry["event"] for entry in log] == [
            "bridge.listening",
            "bridge.library",
            "bridge.in_service",
            "bridge.stopped",
        ]
        assert {entry["logger"] for entry in log} == {"cstagw.bridge"}
        assert list(log[0])[:4] == ["ts", "level", "event", "logger"]
        assert not (tmp_path / "bridge.sock").exists()


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with bridge(settings(tmp_path).to_json()) as process, session(tmp_path):
        process.end_of_input()
        code, log = process.ended()
        assert code == os.EX_OK
        assert "bridge.parent_gone" in [entry["event"] for entry in log]
        assert not (tmp_path / "bridge.sock").exists()


def test_a_library_that_hangs_ends_the_process_at_once(tmp_path: Path) -> None:
    with bridge(settings(tmp_path, user="hangs").to_json()) as process:
        code, log = process.ended()
        assert code == os.EX_SOFTWARE
        assert (log[-1]["event"], log[-1]["reason"]) == ("bridge.hung", "library_hung")


@pytest.mark.parametrize(
    "line", ["", "not json", "[]", "7", "{}", '{"name": "cucm1", "password": "p4ssw0rd"}']
)
def test_without_settings_it_says_so(line: str) -> None:
    with bridge(line, "ctimgr_client.jtapi") as process:
        code, log = process.ended()
        assert code == os.EX_CONFIG
        assert [entry["event"] for entry in log] == ["bridge.no_settings"]


def test_where_it_cannot_listen_it_says_why(tmp_path: Path) -> None:
    with bridge(settings(tmp_path, listen="tcp://0.0.0.0:0").to_json()) as process:
        code, log = process.ended()
        assert code == os.EX_CONFIG
        assert log[0]["event"] == "bridge.cannot_listen"
        assert "secret" in log[0]["cure"]
