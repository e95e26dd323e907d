"""TLS over loopback: the handshake after the limits, both directions, what goes wrong before it is done."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvloop

from sip import (
    Endpoint,
    ListenAddress,
    OptionsReceived,
    RequestAnswered,
    Target,
    TlsContexts,
    Transport,
    TransportLimits,
)
from sip.tls import TlsChannel
from tests.certificates import self_signed
from tests.sip.peers import answer_to, request_of, with_header, with_tag
from tests.sip.shell import ACK, INVITE, OPTIONS, QUICK, Gateway, Peer, peer_of, serving, until

TLS = Transport.TLS


@pytest.fixture
def contexts(tmp_path: Path) -> TlsContexts:
    file = self_signed(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cafile=file)
    return TlsContexts(lambda: server, lambda: client, "gw1.example.com")


@asynccontextmanager
async def secured(gateway: Gateway, contexts: TlsContexts) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, ssl=contexts.client())
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.asyncio
async def test_a_session_over_tls_says_the_name_in_the_certificate(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway, secured(gateway, contexts) as peer:
        peer.send(INVITE)
        response = await peer.response()
        assert response.get(b"contact") == b"<sip:2001@gw1.example.com:%d;transport=tls>" % gateway.port
        peer.send(with_tag(ACK, gateway.dialogs[0]), OPTIONS)
        assert (await peer.response()).status == 200
        assert gateway.endpoint.connection_counts == {"tcp": 0, "tls": 1}
        assert (gateway.endpoint.counters.handshakes, gateway.endpoint.counters.handshake_failures) == (1, 0)


@pytest.mark.asyncio
async def test_what_comes_with_the_last_handshake_is_served_once_it_is_done(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway:
        for _ in range(5):
            async with secured(gateway, contexts) as peer:
                peer.send(OPTIONS.replace(b"Content-Length: 0", b"Content-Length: no"))
                assert (await peer.response()).status == 400


@pytest.mark.asyncio
async def test_the_advertised_host_goes_before_the_name_in_the_certificate(contexts: TlsContexts) -> None:
    advertised = serving(kind=TLS, tls=contexts, advertise="vip.example.com")
    async with advertised as gateway, secured(gateway, contexts) as peer:
        peer.send(INVITE)
        assert b"@vip.example.com:" in (await peer.response()).get(b"contact")


@pytest.mark.parametrize(
    "noise", [b"", OPTIONS, b"\x16\x03\x01\x00\x05hello"], ids=["silence", "plain SIP", "noise"]
)
@pytest.mark.asyncio
async def test_a_peer_without_a_handshake_is_closed_in_time(contexts: TlsContexts, noise: bytes) -> None:
    limits = TransportLimits(sweep=0.02, handshake=0.1)
    async with serving(limits, kind=TLS, tls=contexts) as gateway, peer_of(gateway) as peer:
        peer.send(noise)
        await peer.closed()
        await until(lambda: gateway.endpoint.counters.handshake_failures == 1)
        assert (gateway.connections, gateway.endpoint._census.counted) == (0, 0)
        assert gateway.told(OptionsReceived) == []


@pytest.mark.asyncio
async def test_a_peer_that_leaves_during_the_handshake_leaves_nothing(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway:
        async with peer_of(gateway):
            await until(lambda: gateway.connections == 1)
        await until(lambda: gateway.connections == 0)
        assert gateway.endpoint._census.counted == 0


@pytest.mark.asyncio
async def test_connections_over_the_limit_cost_no_handshake(contexts: TlsContexts) -> None:
    limits = TransportLimits(sweep=0.02, connections=1)
    async with serving(limits, kind=TLS, tls=contexts) as gateway, secured(gateway, contexts):
        with pytest.raises(OSError):  # noqa: PT011 - reset or end of file, as the kernel likes
            async with secured(gateway, contexts):
                pass
        assert gateway.endpoint.counters.refused_limit == 1
        assert gateway.endpoint.counters.handshake_failures == 0


@pytest.mark.asyncio
async def test_a_client_that_does_not_trust_us_is_counted(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway:
        client = Endpoint(
            lambda event, now: None, tls=TlsContexts(contexts.server, ssl.create_default_context)
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            await client.connect(Target(TLS, "127.0.0.1", gateway.port))
        await until(lambda: gateway.endpoint.counters.handshake_failures == 1)
        await client.close()


@pytest.mark.asyncio
async def test_our_request_goes_by_tls_where_the_route_set_says_so(contexts: TlsContexts) -> None:
    seen: asyncio.Queue[bytes] = asyncio.Queue()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        message = await peer.message()
        peer.send(answer_to(request_of(message), 200))
        seen.put_nowait(message)
        await peer.closed()
        writer.close()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=contexts.server())
    port = server.sockets[0].getsockname()[1]
    async with server, serving(kind=TLS, tls=contexts) as gateway:
        async with secured(gateway, contexts) as peer:
            peer.send(with_header(INVITE, b"Record-Route", b"<sip:127.0.0.1:%d;transport=tls;lr>" % port))
            await peer.response()
            dialog = gateway.dialogs[0]
            peer.send(with_tag(ACK, dialog))
            await until(lambda: dialog.confirmed)
        await until(lambda: dialog.flow.closed)
        gateway.request(dialog, b"event", "event")
        gateway.endpoint.flush()
        assert b"Via: SIP/2.0/TLS gw1.example.com:%d;" % gateway.port in await seen.get()
        await until(lambda: gateway.told(RequestAnswered))


@pytest.mark.asyncio
async def test_noise_after_the_handshake_ends_the_connection(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway, secured(gateway, contexts) as peer:
        peer.send(OPTIONS)
        await peer.response()
        [connection] = gateway.endpoint._connections.values()
        connection.data_received(b"\x17\x03\x03\x00\x05noise")
        with pytest.raises(ssl.SSLError):
            await peer.closed()
        await until(lambda: not gateway.connections)
        assert gateway.endpoint.counters.handshake_failures == 0


@pytest.mark.asyncio
async def test_a_peer_that_says_goodbye_is_served_before_it_is_closed(contexts: TlsContexts) -> None:
    async with serving(kind=TLS, tls=contexts) as gateway:
        async with secured(gateway, contexts) as peer:
            peer.send(OPTIONS)
        await until(lambda: not gateway.connections)
        assert len(gateway.told(OptionsReceived)) == 1


@pytest.mark.asyncio
async def test_an_endpoint_closes_with_handshakes_under_way(contexts: TlsContexts) -> None:
    async with serving(QUICK, kind=TLS, tls=contexts) as gateway, peer_of(gateway) as peer:
        await until(lambda: gateway.connections == 1)
        await gateway.endpoint.close()
        assert await peer.closed() == b""
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_without_a_certificate_there_is_no_tls() -> None:
    endpoint = Endpoint(lambda event, now: None)
    with pytest.raises(OSError, match="certificate"):
        await endpoint.listen([ListenAddress(TLS, "127.0.0.1", 0)])
    with pytest.raises(OSError, match="certificate"):
        await endpoint.connect(Target(TLS, "127.0.0.1", 1))
    await endpoint.close()


def test_tls_does_not_depend_on_the_event_loop_because_uvloop_reads_before_it_could_be_told_not_to(
    contexts: TlsContexts,
) -> None:
    async def session() -> None:
        async with serving(kind=TLS, tls=contexts) as gateway, secured(gateway, contexts) as peer:
            peer.send(OPTIONS)
            assert (await peer.response()).status == 200

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(session())


# --- the channel alone --------------------------------------------------------------------------------------


class Ends:
    """A client of the standard library and our channel, joined without a socket, in pieces of any size."""

    def __init__(self, contexts: TlsContexts, cut: int) -> None:
        self.channel = TlsChannel(contexts.server())
        self.cut = cut
        self.received = b""
        self.in_, self.out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = contexts.client().wrap_bio(self.in_, self.out, server_hostname="gw1.example.com")

    def carry(self) -> None:
        data = self.out.read()
        for start in range(0, len(data), self.cut):
            self.received += self.channel.receive(data[start : start + self.cut])
        self.in_.write(self.channel.outgoing())

    def shake(self) -> None:
        for _ in range(10):
            with suppress(ssl.SSLWantReadError):
                self.client.do_handshake()
            self.carry()


@pytest.mark.parametrize("cut", [1, 100, 100_000])
def test_bytes_go_through_in_any_cut_and_both_ends_say_goodbye(contexts: TlsContexts, cut: int) -> None:
    ends = Ends(contexts, cut)
    ends.shake()
    assert ends.channel.agreed
    ends.client.write(b"x" * 40_000)
    ends.carry()
    assert ends.received == b"x" * 40_000
    ends.in_.write(ends.channel.send(b"y" * 40_000))
    got = b""
    with suppress(ssl.SSLWantReadError):
        while piece := ends.client.read():
            got += piece
    assert got == b"y" * 40_000
    with suppress(ssl.SSLWantReadError):
        ends.client.unwrap()
    ends.carry()
    assert ends.channel.ended
    ends.in_.write(ends.channel.close())
    ends.client.unwrap()


def test_noise_in_place_of_a_handshake_is_an_error_with_an_alert(contexts: TlsContexts) -> None:
    channel = TlsChannel(contexts.server())
    with pytest.raises(ssl.SSLError):
        channel.receive(b"INVITE sip:gw SIP/2.0\r\n\r\n")
    channel.outgoing()
    assert channel.close() == b""


def test_noise_after_the_handshake_is_an_error(contexts: TlsContexts) -> None:
    ends = Ends(contexts, 100_000)
    ends.shake()
    with pytest.raises(ssl.SSLError):
        ends.channel.receive(b"\x17\x03\x03\x00\x05noise")
    assert ends.channel.outgoing()
