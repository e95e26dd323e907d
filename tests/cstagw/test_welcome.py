"""What a person reads first can be typed as it stands."""

import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cstagw.cli import main
from cstagw.config import load
from cstagw.node import Node
from cstagw.serve import welcome
from sip import ListenAddress, Transport


@pytest_asyncio.fixture
async def node() -> AsyncIterator[Node]:
    listen = ["udp://127.0.0.1:0", "tcp://127.0.0.1:0"]
    node = Node(load(None, {"sip.listen": listen, "admin.listen": "127.0.0.1:0"}))
    await node.start()
    yield node
    await node.stop()


@pytest.fixture(autouse=True)
def _not_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [".venv/bin/cstagw", "serve"])


@pytest.mark.asyncio
async def test_every_listener_is_named(node: Node) -> None:
    udp, tcp = (address.port for address in node.sip_addresses)
    first = welcome(node).splitlines()[0]
    assert (
        f"SIP on udp://127.0.0.1:{udp}, tcp://127.0.0.1:{tcp}; admin on http://{node.admin_address}" in first
    )


@pytest.mark.asyncio
async def test_the_commands_can_be_typed(node: Node) -> None:
    commands = [shlex.split(line) for line in welcome(node).splitlines() if line.startswith("  ")]
    clients = [words for words in commands if words[0] != "curl"]
    assert [words[0] for words in clients] == [".venv/bin/cstagw"] * 2
    assert all(words[1] in main.commands for words in clients)
    assert f"  curl 'http://{node.admin_address}/readyz?verbose'" in welcome(node)
    assert f"--gateway 127.0.0.1:{node.sip_addresses[1].port} --user" in welcome(node)


@pytest.mark.asyncio
async def test_the_short_name_where_it_is_found(node: Node, tmp_path: Path) -> None:
    (tmp_path / "cstagw").write_text("#!/bin/sh\n")
    (tmp_path / "cstagw").chmod(0o755)
    assert "  cstagw simulate client" in welcome(node)


@pytest.mark.asyncio
async def test_without_tcp_the_transport_is_told(node: Node) -> None:
    node.sip_addresses = [
        ListenAddress(Transport.TLS, "::1", 5061),
        ListenAddress(Transport.UDP, "::1", 5060),
    ]
    assert "--gateway [::1]:5060 --transport udp --user" in welcome(node)
    del node.sip_addresses[1]
    assert "--gateway [::1]:5061 --transport tls --ca FILE --user" in welcome(node)
