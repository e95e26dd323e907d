"""A node that cannot start leaves nothing behind, and one that cannot go on ends its process."""

import asyncio
import gc
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cstagw import serve
from cstagw.config import Config, ConfigError, load
from cstagw.node import Node, StartRefused
from ctimgr_client import CtiManagers
from sip import Endpoint, ListenAddress
from tests.logs import log_restored


def config(**overrides: object) -> Config:
    given: dict[str, object] = {"sip.listen": ["tcp://127.0.0.1:0"], "admin.listen": "127.0.0.1:0"}
    return load(None, given | {key.replace("__", "."): value for key, value in overrides.items()})


@contextmanager
def taken_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


async def refused(node: Node) -> str:
    """The text; what was started is stopped."""
    with pytest.raises(StartRefused) as caught:
        await node.start()
    nothing_is_left(node)
    return str(caught.value)


def nothing_is_left(node: Node) -> None:
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert node.simulator is None or not any(one.listening for one in node.simulator.servers.values())
    assert node._lag._timer is None


@pytest.mark.asyncio
async def test_a_taken_sip_port_is_named_with_its_key() -> None:
    with taken_port() as port:
        listen = ["udp://127.0.0.1:0", f"tcp://127.0.0.1:{port}"]
        text = await refused(Node(config(sip__listen=listen)))
        assert text == f"sip.listen[1] tcp://127.0.0.1:{port}: address already in use"


@pytest.mark.asyncio
async def test_a_taken_admin_port_is_named_with_its_key() -> None:
    with taken_port() as port:
        text = await refused(Node(config(admin__listen=f"127.0.0.1:{port}")))
        assert text == f"admin.listen 127.0.0.1:{port}: address already in use"


@pytest.mark.asyncio
async def test_a_host_without_an_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def listen(_endpoint: Endpoint, _addresses: Sequence[ListenAddress]) -> list[ListenAddress]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(Endpoint, "listen", listen)
    text = await refused(Node(config(sip__listen=["tcp://gw1.invalid:5060"])))
    assert text.startswith("sip.listen[0] tcp://gw1.invalid:5060: the host gw1.invalid cannot be resolved (")


@pytest.mark.asyncio
async def test_certificates_are_read_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "nothing.pem").write_text("nothing")
    tls = {"sip__listen": ["tls://127.0.0.1:0"], "tls__certificate": str(tmp_path / "nothing.pem")}
    node = Node(config(**tls))
    with pytest.raises(ConfigError, match=r"tls\.certificate"):
        await node.start()
    nothing_is_left(node)


@pytest.mark.asyncio
async def test_a_start_that_is_cancelled_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def listen(_endpoint: Endpoint, _addresses: Sequence[ListenAddress]) -> list[ListenAddress]:
        begun.set()
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(Endpoint, "listen", listen)
    node = Node(config())
    task = asyncio.create_task(node.start())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    nothing_is_left(node)


@pytest.mark.asyncio
async def test_stop_without_a_start_and_stop_again() -> None:
    node = Node(config())
    await node.stop()
    await node.start()
    await node.stop()
    await node.stop()
    nothing_is_left(node)


@pytest.mark.asyncio
async def test_there_is_room_for_the_dialogs_of_all_sessions() -> None:
    node = Node(config(session__max_sessions=1_000_000))
    await node.start()
    assert node._endpoint.agent._core.settings.max_dialogs > 1_000_000
    await node.stop()


@pytest.fixture
def served() -> Iterator[None]:
    """A run of the whole process within this one."""
    with log_restored():
        yield
    gc.unfreeze()


@pytest.mark.asyncio
@pytest.mark.usefixtures("served")
async def test_links_that_end_by_themselves_end_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(_managers: CtiManagers) -> None:
        await asyncio.sleep(0.05)
        raise RuntimeError("a bug")

    monkeypatch.setattr(CtiManagers, "run", run)
    assert await serve.run(config()) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [error] = [line for line in lines if line["level"] == "error"]
    assert error["event"] == "node.links_ended"
    assert "RuntimeError: a bug" in error["exception"]
    assert lines[-1]["event"] == "node.stopped"
