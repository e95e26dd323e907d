"""Connections of our own over loopback: requests that lost their flow, peers that are not there, clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from sip import (
    Endpoint,
    Event,
    Invitation,
    InviteAnswered,
    RequestAnswered,
    Target,
    Transport,
    TransportLimits,
)
from tests.sip.peers import with_header
from tests.sip.shell import INVITE, Peer, lost_dialog, serving, until

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def front_end(serve: Callable[[Peer], Awaitable[None]]) -> AsyncIterator[int]:
    """A listener that a peer's Record-Route names."""

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(Peer(reader, writer))
        writer.close()

    server = await asyncio.start_server(accepted, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def routed(port: int, host: bytes = b"127.0.0.1") -> bytes:
    return with_header(INVITE, b"Record-Route", b"<sip:%s:%d;transport=tcp;lr;ms-route-sig=x>" % (host, port))


async def test_our_request_goes_on_a_new_connection_by_the_route_set_after_the_flow_is_gone() -> None:
    seen: list[bytes] = []

    async def serve(peer: Peer) -> None:
        for _ in range(2):
            seen.append(await peer.message())
            head = seen[-1].partition(b"\r\n\r\n")[0]
            kept = [
                line
                for line in head.split(b"\r\n")
                if line.startswith((b"Via", b"From", b"To", b"Call", b"CSeq"))
            ]
            peer.send(b"\r\n".join([b"SIP/2.0 200 OK", *kept, b"Content-Length: 0", b"", b""]))
        await peer.closed()

    async with front_end(serve) as port, serving() as gateway:
        dialog = await lost_dialog(gateway, routed(port))
        for number in range(2):
            gateway.request(dialog, b"event %d" % number, number)
        gateway.endpoint.flush()
        await until(lambda: len(gateway.told(RequestAnswered)) == 2)
        assert [message[-7:] for message in seen] == [b"event 0", b"event 1"]
        assert b"Via: SIP/2.0/TCP 127.0.0.1:%d;branch=" % gateway.port in seen[0]
        assert (gateway.connections, dialog.flow.source) == (1, b"127.0.0.1")


@pytest.mark.parametrize("host", [b"127.0.0.1", b"a" * 70 + b".invalid", b"\xff\xfe"])
async def test_a_peer_that_cannot_be_dialled_costs_the_requests_not_the_session(
    host: bytes, unused_tcp_port: int
) -> None:
    async with serving() as gateway:
        dialog = await lost_dialog(gateway, routed(unused_tcp_port, host))
        for attempt in range(1, 3):
            gateway.request(dialog, token=attempt)
            gateway.endpoint.flush()
            await until(lambda: len(gateway.told(RequestAnswered)) == attempt)  # noqa: B023 - awaited here
            assert gateway.endpoint.counters.dial_failures == attempt
        assert not dialog.ended
        assert gateway.endpoint._census.counted == 0
        await until(lambda: not len(gateway.endpoint._dialler))


async def test_what_waits_for_a_connection_is_bounded() -> None:
    limits = TransportLimits(sweep=0.02, redial=30.0, unsent=10_000)
    async with serving(limits) as gateway:
        dialog = await lost_dialog(gateway, routed(1))
        for _ in range(20):
            gateway.endpoint.agent.request(
                dialog, b"INFO", gateway.endpoint.now, body=b"x" * 1000, token="event"
            )
        gateway.endpoint.flush()
        await until(lambda: len(gateway.told(RequestAnswered)) == 20)
        await until(lambda: not len(gateway.endpoint._dialler))


async def test_a_connection_of_ours_that_nobody_uses_is_closed() -> None:
    async def serve(peer: Peer) -> None:
        await peer.message()
        await peer.closed()

    limits = TransportLimits(sweep=0.02, idle=0.1)
    async with front_end(serve) as port, serving(limits) as gateway:
        dialog = await lost_dialog(gateway, routed(port))
        gateway.request(dialog)
        gateway.endpoint.flush()
        await until(lambda: gateway.connections == 1)
        await until(lambda: gateway.connections == 0)


async def test_an_endpoint_without_listeners_is_a_client() -> None:
    events: list[Event] = []
    async with serving(advertise="gw1.example.com") as gateway:
        client = Endpoint(lambda event, now: events.append(event))
        flow = await client.connect(Target(Transport.TCP, "127.0.0.1", gateway.port))
        contact = f"<sip:alice@{flow.contact_address}>".encode()
        uri = b"sip:2001@127.0.0.1"
        invitation = Invitation(uri, b"<sip:alice@x>", b"<" + uri + b">", b"call", contact)
        client.agent.invite(flow, invitation, "sign-in", client.now)
        client.flush()
        await until(lambda: events)
        assert isinstance(events[0], InviteAnswered)
        assert events[0].response is not None
        expected = b"<sip:2001@gw1.example.com:%d;transport=tcp>" % gateway.port
        assert events[0].response.get(b"contact") == expected
        await client.close()
        await until(lambda: gateway.connections == 0)


async def test_nobody_at_home_is_an_os_error(unused_tcp_port: int) -> None:
    client = Endpoint(lambda event, now: None)
    with pytest.raises(OSError, match=r"Connect|refused"):
        await client.connect(Target(Transport.TCP, "127.0.0.1", unused_tcp_port))
    await client.close()
