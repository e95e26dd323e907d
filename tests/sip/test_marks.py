"""IP packets say what kind of traffic they are, where that is wanted: read back from the real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from sip import Endpoint, Event, ListenAddress, Target, TlsContexts, Transport
from sip.connection import Connection
from sip.datagrams import Datagrams
from tests.certificates import self_signed
from tests.sip.shell import until

MARK = 0x68
KINDS = (Transport.TCP, Transport.TLS, Transport.UDP)
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop] | None] = {
    "asyncio": None,
    "uvloop": uvloop.new_event_loop,
}


def nothing(_event: Event, _now: float) -> None:
    """Nobody sends anything here."""


def mark_of(transport: asyncio.BaseTransport) -> int:
    own = transport.get_extra_info("socket")
    if own.family == socket.AF_INET6:
        read: int = own.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
    else:
        read = own.getsockopt(socket.IPPROTO_IP, socket.IP_TOS)
    return read


async def marks(kind: Transport, host: str, tos: int, tls: TlsContexts, opened: list[int]) -> None:
    """A client and a gateway that both mark, and the connection between them."""
    gateway = Endpoint(nothing, tls=tls, tos=tos)
    [place] = await gateway.listen([ListenAddress(kind, host, 0)])
    client = Endpoint(nothing, tls=tls, tos=tos)
    await client.connect(Target(kind, host, place.port))
    await until(lambda: len(opened) == 2)
    await client.close()
    await gateway.close()


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tos", [0, MARK])
def test_listeners_and_dialled_connections_are_marked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: Transport, host: str, tos: int, loop: str
) -> None:
    opened: list[int] = []
    for protocol in (Connection, Datagrams):
        real = protocol.connection_made

        def made(
            one: Connection | Datagrams,
            transport: asyncio.BaseTransport,
            real: Callable[..., None] = real,
        ) -> None:
            real(one, transport)
            opened.append(mark_of(transport))

        monkeypatch.setattr(protocol, "connection_made", made)
    file = self_signed(tmp_path)
    server, own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=file)
    server.load_cert_chain(file)
    own.check_hostname = False
    contexts = TlsContexts(lambda: server, lambda: own, "gw1.example.com")
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(marks(kind, host, tos, contexts, opened))
    assert opened == [tos, tos]
