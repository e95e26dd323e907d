"""UDP: one message per datagram, flows by peer address, large requests by a stream, over loopback sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from sip import (
    Dialog,
    Endpoint,
    Event,
    Fault,
    Frame,
    Invitation,
    InviteAnswered,
    Limits,
    ListenAddress,
    MessageRefused,
    OptionsReceived,
    RequestAnswered,
    Response,
    Target,
    Transport,
)
from sip import datagrams as module
from sip.framer import read_datagram
from sip.resolve import own_host
from tests.sip.peers import answer_to, request_of, response_of, with_header, with_tag
from tests.sip.shell import ACK, INVITE, OPTIONS, Gateway, serving, until

UDP = Transport.UDP


# --- one datagram, one message ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "body", "fault"),
    [
        (b"INFO sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody", b"body", None),
        (b"\r\n\r\nINFO sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody", b"body", None),
        (b"INFO sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody and more", b"body", None),
        (b"INFO sip:a SIP/2.0\r\nX: no length\r\n\r\nall the rest", b"all the rest", None),
        (b"INFO sip:a SIP/2.0\r\nX: no length\r\n\r\n" + b"x" * 101, b"", Fault.BODY_TOO_LARGE),
        (b"INFO sip:a SIP/2.0\r\nContent-Length: 5\r\n\r\nbody", b"", Fault.TRUNCATED),
        (b"INFO sip:a SIP/2.0\r\nContent-Length: -4\r\n\r\nbody", b"", Fault.BAD_LENGTH),
        (b"INFO sip:a SIP/2.0\r\nContent-Length: 101\r\n\r\n" + b"x" * 101, b"", Fault.BODY_TOO_LARGE),
        (b"INFO sip:a SIP/2.0\r\nX: " + b"x" * 200 + b"\r\nl:0\r\n\r\n", b"", Fault.HEADER_TOO_LARGE),
    ],
)
def test_a_datagram_is_one_message(data: bytes, body: bytes, fault: Fault | None) -> None:
    frame = read_datagram(data, Limits(header=200, body=100))
    assert frame == Frame(data.strip(b"\r\n").partition(b"\r\n\r\n")[0], body, fault)


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"\0", b"INFO sip:a SIP/2.0\r\nl:0\r\n", b"\r\n\r\nhello"]
)
def test_a_datagram_without_a_header_section_is_nothing(data: bytes) -> None:
    assert read_datagram(data, Limits()) is None


# --- over sockets -------------------------------------------------------------------------------------------


class Inbox(asyncio.DatagramProtocol):
    """A program that speaks in datagrams."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait((data, addr))

    async def message(self) -> bytes:
        async with asyncio.timeout(2.0):
            return (await self.received.get())[0]

    async def response(self) -> Response:
        return response_of(await self.message())


@asynccontextmanager
async def inbox(gateway: Gateway, host: str = "127.0.0.1") -> AsyncIterator[Inbox]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Inbox, remote_addr=(host, gateway.port))
    yield protocol
    transport.close()
    await asyncio.sleep(0)


async def opened_by(gateway: Gateway, peer: Inbox, invite: bytes = INVITE) -> Dialog:
    peer.transport.sendto(with_via(invite, peer))
    assert (await peer.response()).status == 200
    dialog = gateway.dialogs[-1]
    peer.transport.sendto(with_via(with_tag(ACK, dialog), peer))
    await until(lambda: dialog.confirmed)
    return dialog


def with_via(message: bytes, peer: Inbox) -> bytes:
    return message.replace(b"TCP fe.example.com:1834", b"UDP 127.0.0.1:%d" % peer.port)


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_request_is_answered_where_it_came_from(host: str) -> None:
    async with serving(kind=UDP, host=host) as gateway, inbox(gateway, host) as peer:
        peer.transport.sendto(OPTIONS)
        response = await peer.response()
        assert response.status == 200
        assert response.vias[0].endswith(b";rport=%d;received=%s" % (peer.port, host.encode()))
        peer.transport.sendto(OPTIONS)
        assert (await peer.response()).get(b"to") == response.get(b"to")
        assert len(gateway.told(OptionsReceived)) == 1


@pytest.mark.asyncio
async def test_an_answer_goes_to_the_port_in_the_via_where_no_rport_asks_otherwise() -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as sender, inbox(gateway) as named:
        here = OPTIONS.replace(b"TCP fe.example.com:1834", b"UDP 127.0.0.1:%d" % named.port)
        sender.transport.sendto(here.replace(b";rport", b""))
        assert (await named.response()).status == 200
        sender.transport.sendto(with_header(here.replace(b";rport", b""), b"CSeq", b"x"))
        assert (await named.response()).status == 400
        assert sender.received.empty()


@pytest.mark.asyncio
async def test_bad_datagrams_are_refused_or_dropped_and_others_served() -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        for bad in (b"", b"\r\n\r\n", b"\x16\x03\x01 noise", b"hello\r\n\r\n", OPTIONS[:-30]):
            peer.transport.sendto(bad)
        peer.transport.sendto(OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 9"))
        peer.transport.sendto(OPTIONS)
        assert [(await peer.response()).status for _ in range(2)] == [400, 200]
        assert [
            event.status for event in gateway.told(MessageRefused) if isinstance(event, MessageRefused)
        ] == [0, 400]


@pytest.mark.asyncio
async def test_a_session_over_udp_with_events_to_the_peers_address() -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        dialog = await opened_by(gateway, peer)
        assert dialog.contact == b"<sip:2001@127.0.0.1:%d;transport=udp>" % gateway.port
        gateway.request(dialog, b"event", "event")
        gateway.endpoint.flush()
        request = request_of(await peer.message())
        assert request.vias[0].startswith(b"SIP/2.0/UDP 127.0.0.1:%d;branch=" % gateway.port)
        peer.transport.sendto(answer_to(request, 200))
        await until(lambda: gateway.told(RequestAnswered))


@pytest.mark.asyncio
async def test_a_request_that_nobody_answers_is_repeated() -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        gateway.request(await opened_by(gateway, peer))
        gateway.endpoint.flush()
        assert await peer.message() == await peer.message()


def large(gateway: Gateway, dialog: Dialog) -> None:
    gateway.request(dialog, b"x" * 1300, "large")
    gateway.endpoint.flush()


@pytest.mark.asyncio
async def test_a_request_too_large_for_a_datagram_goes_by_tcp_where_the_peer_is_there() -> None:
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.readuntil(b"x" * 1300)
        got.put_nowait(data)
        writer.write(answer_to(request_of(data), 200))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, serving(kind=UDP) as gateway, inbox(gateway) as peer:
        invite = with_header(INVITE, b"Record-Route", b"<sip:127.0.0.1:%d;transport=udp;lr>" % port)
        dialog = await opened_by(gateway, peer, invite)
        large(gateway, dialog)
        request = request_of(await got.get())
        assert request.vias[0].startswith(b"SIP/2.0/TCP 127.0.0.1:")
        await until(lambda: gateway.told(RequestAnswered))
        assert dialog.flow.transport is UDP
        assert peer.received.empty()


@pytest.mark.asyncio
async def test_a_request_too_large_for_a_datagram_goes_by_one_after_all_where_there_is_no_stream(
    unused_tcp_port: int,
) -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        invite = with_header(INVITE, b"Record-Route", b"<sip:127.0.0.1:%d;lr>" % unused_tcp_port)
        dialog = await opened_by(gateway, peer, invite)
        for attempt in range(2):
            large(gateway, dialog)
            request = request_of(await peer.message())
            assert (request.vias[0][:12], len(request.body)) == (b"SIP/2.0/UDP ", 1300)
            peer.transport.sendto(answer_to(request, 200))
            await until(lambda: len(gateway.told(RequestAnswered)) == attempt + 1)  # noqa: B023 - awaited here
        assert gateway.endpoint.counters.dial_failures == 1


@pytest.mark.asyncio
async def test_a_wildcard_socket_says_the_address_that_the_peer_reaches() -> None:
    async with serving(kind=UDP, host="0.0.0.0") as gateway, inbox(gateway) as peer:
        dialog = await opened_by(gateway, peer)
        assert dialog.contact == b"<sip:2001@127.0.0.1:%d;transport=udp>" % gateway.port


@pytest.mark.asyncio
async def test_peers_are_bounded_and_one_that_was_forgotten_is_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_PEERS", 3)
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        invite = with_header(INVITE, b"Record-Route", b"<sip:127.0.0.1:%d;transport=udp;lr>" % peer.port)
        dialog = await opened_by(gateway, peer, invite)
        for _ in range(10):
            async with inbox(gateway) as other:
                other.transport.sendto(OPTIONS)
                await other.response()
        assert dialog.flow.closed
        assert len(gateway.endpoint._carriers) <= 3
        gateway.request(dialog, b"event")
        gateway.endpoint.flush()
        assert request_of(await peer.message()).body == b"event"


@pytest.mark.asyncio
async def test_a_client_over_udp() -> None:
    events: list[Event] = []

    def note(event: Event, now: float) -> None:
        events.append(event)

    async with serving(kind=UDP) as gateway:
        client = Endpoint(note)
        flow = await client.connect(Target(UDP, "127.0.0.1", gateway.port))
        uri = b"sip:2001@127.0.0.1"
        contact = f"<sip:alice@{flow.contact_address}>".encode()
        client.agent.invite(
            flow, Invitation(uri, b"<sip:a@x>", b"<" + uri + b">", b"c", contact), "x", client.now
        )
        client.flush()
        await until(lambda: events)
        assert isinstance(events[0], InviteAnswered)
        assert events[0].dialog is not None
        await until(lambda: gateway.dialogs[0].confirmed)
        await client.close()
        await client.close()


@pytest.mark.asyncio
async def test_tcp_and_udp_share_a_port_number_as_sip_expects() -> None:
    async with serving() as gateway:
        [udp] = await gateway.endpoint.listen([ListenAddress(UDP, "127.0.0.1", gateway.port)])
        assert udp.port == gateway.port


def test_an_address_that_no_route_leads_to_leaves_the_wildcard() -> None:
    assert own_host("0.0.0.0", ("255.255.255.255", 5060)) == "0.0.0.0"
    assert own_host("192.0.2.21", ("192.0.2.5", 5060)) == "192.0.2.21"


@pytest.mark.asyncio
async def test_what_the_kernel_says_was_lost_is_counted() -> None:
    async with serving(kind=UDP) as gateway, inbox(gateway) as peer:
        peer.transport.sendto(with_via(OPTIONS, peer))
        await peer.response()
        [socket] = gateway.endpoint._sockets._open
        socket.error_received(ConnectionRefusedError())
        assert gateway.endpoint.counters.datagrams_lost == 1
