"""Bridges to CUCM nodes come and go with the configuration, and nothing is left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from structlog.typing import EventDict

from cstagw.config import ConfigError, load
from cstagw.node import Node
from tests.ctimgr_client import fake_bridge

from .conftest import until

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (sys.executable, fake_bridge.__file__, str(tmp_path / "why"))
    monkeypatch.setattr("cstagw.bridges.COMMAND", command)


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


@dataclass
class Bridged:
    """A node, the file of its configuration, and where its sockets are."""

    folder: Path
    log: list[EventDict]

    def __post_init__(self) -> None:
        (self.folder / "password").write_text("not-a-real-one")
        self.write("cucm1", "cucm2")
        self.node = Node(load(self.file, {}), reread=lambda: load(self.file, {}))

    @property
    def file(self) -> Path:
        return self.folder / "gw.toml"

    @property
    def sockets(self) -> Path:
        return self.folder / "sockets"

    def write(self, *names: str, user: str = "cstagw") -> None:
        text = f"""
            [sip]
            listen = ["tcp://127.0.0.1:0"]
            [admin]
            listen = "127.0.0.1:0"
            [heartbeat]
            interval = "500ms"
            [jtapi]
            jar = "jtapi.jar"
            user = "{user}"
            password_file = "{self.folder / "password"}"
            sockets = "{self.sockets}"
        """
        for name in names:
            text += f'[[ctimanager]]\nname = "{name}"\nurl = "jtapi://{name}.example.com"\n'
        self.file.write_text(text)

    def pids(self) -> list[int]:
        return [line["pid"] for line in self.log if line["event"] == "bridge.started"]

    def in_service(self, number: int) -> bool:
        return len(self.node.links()) == number == self.node.facts().cti_in_service


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest_asyncio.fixture
async def bridged(tmp_path: Path, log: list[EventDict]) -> AsyncIterator[Bridged]:
    there = Bridged(tmp_path, log)
    await there.node.start()
    await until(lambda: there.in_service(2), 10)
    yield there
    await there.node.stop()
    assert not any(map(lives, there.pids()))
    assert list(there.sockets.iterdir()) == []
    assert "not-a-real-one" not in str(log)


async def test_each_node_has_a_process_and_a_socket_of_its_own(bridged: Bridged) -> None:
    assert len(set(bridged.pids())) == 2
    assert len(list(bridged.sockets.iterdir())) == 2
    assert bridged.sockets.stat().st_mode & 0o077 == 0
    assert [one["address"] for one in bridged.node.ctimanagers()] == [
        "jtapi://cucm1.example.com",
        "jtapi://cucm2.example.com",
    ]


async def test_one_that_is_taken_out_ends_and_one_that_is_added_starts(bridged: Bridged) -> None:
    first, second = bridged.pids()
    bridged.write("cucm2")
    assert bridged.node.reloading.reload().applied == ("ctimanager",)
    await until(lambda: bridged.in_service(1), 10)
    assert (lives(first), lives(second)) == (False, True)
    bridged.write("cucm2", "cucm3")
    assert bridged.node.reloading.reload().applied == ("ctimanager",)
    await until(lambda: bridged.in_service(2), 10)
    assert len(bridged.pids()) == 3
    assert lives(second)


async def test_another_login_needs_a_restart_and_disturbs_nobody(bridged: Bridged) -> None:
    bridged.write("cucm1", "cucm2", user="other")
    found = bridged.node.reloading.reload()
    assert (found.applied, found.restart) == ((), ("jtapi.user",))
    assert bridged.in_service(2)


async def test_a_password_that_is_gone_changes_nothing(bridged: Bridged) -> None:
    (bridged.folder / "password").unlink()
    bridged.write("cucm1")
    with pytest.raises(ConfigError, match=r"jtapi\.password_file: .* cannot be read"):
        bridged.node.reloading.reload()
    assert bridged.in_service(2)


async def test_without_its_password_a_node_does_not_start(tmp_path: Path, log: list[EventDict]) -> None:
    there = Bridged(tmp_path, log)
    (tmp_path / "password").unlink()
    with pytest.raises(ConfigError, match="cannot be read"):
        await there.node.start()
    assert there.pids() == []
