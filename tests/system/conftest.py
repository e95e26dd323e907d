"""A gateway as a process of its own, and the programs that test it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

#: The installed command, beside the interpreter that runs the tests.
CSTAGW = Path(sys.executable).with_name("cstagw")


@dataclass
class Running:
    """A gateway that serves."""

    process: subprocess.Popen[bytes]
    ports: dict[str, int]
    admin: str
    log: Path

    @property
    def sip(self) -> int:
        return self.ports["tcp"]

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{self.admin}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def post(self, path: str, words: dict[str, object]) -> int:
        request = urllib.request.Request(
            f"http://{self.admin}{path}",
            json.dumps(words).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)

    def metric(self, name: str) -> float:
        """The value of one series, written as in the exposition."""
        _, text = self.get("/metrics")
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found, f"no {name} in\n{text}"
        return float(found.group(1))


def wait_until(condition: object, timeout: float = 10.0) -> None:
    """Poll until a callable says yes."""
    assert callable(condition)
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def start(tmp_path: Path, **environment: str) -> Running:
    """Start `cstagw serve` on free ports and wait until it is ready."""
    running = start_unready(tmp_path, **environment)
    wait_until(lambda: running.get("/readyz")[0] == 200, 30)
    return running


def start_unready(tmp_path: Path, **environment: str) -> Running:
    """The same, as soon as it serves."""
    log = tmp_path / "gateway.log"
    settings = {
        "CSTAGW_SIP__LISTEN": "tcp://127.0.0.1:0,udp://127.0.0.1:0",
        "CSTAGW_ADMIN__LISTEN": "127.0.0.1:0",
        "CSTAGW_DRAIN__NOTICE": "0s",
        "CSTAGW_DRAIN__DEADLINE": "0s",
        **environment,
    }
    with log.open("wb") as out:
        process = subprocess.Popen([CSTAGW, "serve"], stdout=out, stderr=out, env={**os.environ, **settings})
    wait_until(lambda: process.poll() is not None or b'"node.started"' in log.read_bytes())
    assert process.poll() is None, log.read_text()
    line = next(line for line in log.read_text().splitlines() if '"node.started"' in line)
    facts = json.loads(line)
    ports = {url.partition(":")[0]: int(url.rpartition(":")[2]) for url in facts["sip"]}
    return Running(process, ports, facts["admin"], log)


def stop(running: Running) -> None:
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=10) == 0, running.log.read_text()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Running]:
    running = start(tmp_path)
    yield running
    stop(running)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sipp(
    port: int, scenario: str, tmp_path: Path, *arguments: str, transport: str = "t1"
) -> subprocess.CompletedProcess[str]:
    """Play a scenario with SIPp, over one TCP connection or UDP socket; no call may fail."""
    file = tmp_path / "scenario.xml"
    file.write_text(scenario)
    done = subprocess.run(
        [
            "sipp", f"127.0.0.1:{port}", "-sf", file, "-i", "127.0.0.1", "-p", str(free_port()),
            "-t", transport, "-nostdin", "-timeout", "60s", "-timeout_error", "-recv_timeout", "20000",
            "-trace_err", "-error_file", tmp_path / "sipp.err", *arguments,
        ],
        capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False,
    )  # fmt: skip
    errors = tmp_path / "sipp.err"
    trouble = errors.read_text()[-4000:] if errors.exists() else ""
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-1000:]}\n{trouble}"
    return done
