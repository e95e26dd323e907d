from __future__ import annotations

import asyncio
import os
import socket
import ssl
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from ctimgr_client.jtapi.listening import CannotListen, is_local, listen, remove_socket
from ctimgr_client.jtapi.settings import BridgeSettings
from tests.certificates import self_signed


def settings(at: str, *, secret: str = "", certificate: str = "", key: str = "") -> BridgeSettings:
    return BridgeSettings(
        name="cucm1",
        host="10.0.0.11",
        listen=at,
        class_path=(),
        user="cstagw",
        password="",
        secret=secret,
        certificate=certificate,
        key=key,
    )


class Closing(asyncio.Protocol):
    """Says good-bye to whoever comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def leaves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be there until the other side has closed."""
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


def place(folder: Path) -> Path:
    return folder / "bridge.sock"


async def refused(given: BridgeSettings) -> str:
    """Why it does not listen; there is always a next step."""
    with pytest.raises(CannotListen) as refusal:
        await listen(given, Closing)
    assert refusal.value.cure
    return str(refusal.value)


@pytest.mark.asyncio
async def test_a_unix_socket_is_its_owners_and_goes_with_the_bridge(tmp_path: Path) -> None:
    given = settings(f"unix:{place(tmp_path)}")
    umask = os.umask(0o022)
    os.umask(umask)
    listener = await listen(given, Closing)
    assert stat.S_IMODE(place(tmp_path).stat().st_mode) == 0o600
    await leaves(*await asyncio.open_unix_connection(place(tmp_path)))
    listener.close()
    remove_socket(given)
    remove_socket(given)
    assert not place(tmp_path).exists()
    after = os.umask(umask)
    assert after == umask


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", [0o701, 0o710, 0o755])
async def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)  # noqa: ASYNC240 - a test
    why = await refused(settings(f"unix:{place(tmp_path)}"))
    assert "not only its owner may enter it" in why


@pytest.mark.asyncio
async def test_what_a_killed_bridge_left_is_removed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place(tmp_path)))
    listener = await listen(settings(f"unix:{place(tmp_path)}"), Closing)
    await leaves(*await asyncio.open_unix_connection(place(tmp_path)))
    listener.close()


@pytest.mark.asyncio
async def test_what_somebody_serves_stays(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place(tmp_path)))
        other.listen()
        assert "another process serves it" in await refused(settings(f"unix:{place(tmp_path)}"))


@pytest.mark.asyncio
async def test_what_is_no_socket_stays(tmp_path: Path) -> None:
    place(tmp_path).write_text("mine")
    assert "is no socket" in await refused(settings(f"unix:{place(tmp_path)}"))
    assert place(tmp_path).read_text() == "mine"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "at",
    [
        "unix:bridge.sock",
        "unix:/nowhere/at/all/bridge.sock",
        "http://127.0.0.1:80",
        "tcp://127.0.0.1",
        "tcp://:4721",
        "tcp://127.0.0.1:99999",
        "4721",
    ],
)
async def test_what_is_no_place_to_listen(at: str) -> None:
    assert await refused(settings(at))


@pytest.mark.asyncio
@pytest.mark.parametrize("at", ["tcp://0.0.0.0:0", "tls://0.0.0.0:0", "tcp://[::]:0"])
async def test_everybody_may_come_only_with_a_secret(at: str) -> None:
    assert "anybody who reaches it" in await refused(settings(at))


@pytest.mark.asyncio
@pytest.mark.parametrize(("at", "secret"), [("tcp://127.0.0.1:0", ""), ("tcp://0.0.0.0:0", "a secret")])
async def test_tcp(at: str, secret: str) -> None:
    listener = await listen(settings(at, secret=secret), Closing)
    port = listener.sockets[0].getsockname()[1]
    await leaves(*await asyncio.open_connection("127.0.0.1", port))
    listener.close()


@pytest.mark.asyncio
async def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        why = await refused(settings(f"tcp://127.0.0.1:{other.getsockname()[1]}"))
    assert "in use" in why


@pytest.mark.asyncio
async def test_tls(tmp_path: Path) -> None:
    pem = self_signed(tmp_path)
    given = settings("tls://127.0.0.1:0", certificate=str(pem))
    listener = await listen(given, Closing)
    port = listener.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(pem))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    assert writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
    await leaves(reader, writer)
    listener.close()


@pytest.mark.asyncio
async def test_tls_without_a_certificate_that_can_be_used(tmp_path: Path) -> None:
    given = settings("tls://127.0.0.1:0")
    assert "TLS without a certificate" in await refused(given)
    nothing = tmp_path / "nothing.pem"
    assert str(nothing) in await refused(replace(given, certificate=str(nothing)))
    nothing.write_text("no PEM")
    assert str(nothing) in await refused(replace(given, certificate=str(nothing)))


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("gw", False),
    ],
)
def test_who_is_on_this_host(host: str, local: bool) -> None:
    assert is_local(host) is local
