"""The shell over real loopback sockets, with short limits: reading, writing, time, bounds, dialling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from sip import (
    Dialog,
    Endpoint,
    Event,
    InfoReceived,
    Invitation,
    InviteAnswered,
    InviteReceived,
    Limits,
    ListenAddress,
    MessageRefused,
    OptionsReceived,
    RequestAnswered,
    Response,
    Target,
    Transport,
    TransportLimits,
)
from tests.sip.peers import capture, response_of, with_header, with_tag

pytestmark = pytest.mark.asyncio

OPTIONS, INVITE, ACK, INFO = capture("options"), capture("invite"), capture("ack"), capture("info_features")
QUICK = TransportLimits(sweep=0.02, redial=0.02, linger=0.2)


@dataclass
class Gateway:
    """An endpoint that answers everything 200 and notes what it was told."""

    endpoint: Endpoint
    port: int
    events: list[Event] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[Dialog] = field(default_factory=list)
    fail_on: type[Event] | None = None
    silent: bool = False

    def on_event(self, event: Event, now: float) -> None:
        self.events.append(event)
        if self.fail_on is not None and isinstance(event, self.fail_on):
            raise RuntimeError("the application failed")
        agent = self.endpoint.agent
        if isinstance(event, InviteReceived):
            dialog = agent.accept(event.transaction, now)
            assert dialog is not None
            self.dialogs.append(dialog)
        elif isinstance(event, InfoReceived | OptionsReceived) and not self.silent:
            agent.respond(event.transaction, 200, now)

    @property
    def connections(self) -> int:
        return sum(self.endpoint.connection_counts.values())

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def serving(limits: TransportLimits = QUICK, advertise: str = "") -> AsyncIterator[Gateway]:
    gateway: Gateway
    endpoint = Endpoint(
        lambda event, now: gateway.on_event(event, now),
        limits=limits,
        advertise=advertise,
        on_error=lambda what, error: gateway.errors.append(what),
    )
    gateway = Gateway(endpoint, 0)
    [address] = await endpoint.listen([ListenAddress(Transport.TCP, "127.0.0.1", 0)])
    gateway.port = address.port
    try:
        yield gateway
    finally:
        await endpoint.close()


@dataclass
class Peer:
    """A program that speaks in raw bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *messages: bytes) -> None:
        self.writer.write(b"".join(messages))

    async def message(self) -> bytes:
        async with asyncio.timeout(2.0):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            return head + await self.reader.readexactly(length)

    async def response(self) -> Response:
        return response_of(await self.message())

    async def closed(self) -> bytes:
        """What still comes before the connection is closed."""
        async with asyncio.timeout(2.0):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def peer_of(gateway: Gateway) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(2.0):
        while not condition():
            await asyncio.sleep(0.005)


# --- reading ------------------------------------------------------------------------------------------------


async def test_a_message_in_any_cut_is_answered() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        for size in (len(OPTIONS), 100, 7):
            for start in range(0, len(OPTIONS), size):
                peer.send(OPTIONS[start : start + size])
                await asyncio.sleep(0)
            assert (await peer.response()).status == 200
        assert gateway.endpoint.counters.received == 3
        assert len(gateway.told(OptionsReceived)) == 1


async def test_many_pipelined_messages_are_served_in_turns_and_in_order() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        branches = [b"z9hG4bKp%d" % number for number in range(450)]
        peer.send(*(OPTIONS.replace(b"z9hG4bKprobe1", branch) for branch in branches), b"\r\n\r\n")
        for branch in branches:
            assert branch in (await peer.response()).vias[0]
        assert await peer.reader.readexactly(2) == b"\r\n"


async def test_others_are_served_while_one_sends_without_end() -> None:
    async with serving() as gateway, peer_of(gateway) as busy, peer_of(gateway) as other:
        busy.send(*(OPTIONS.replace(b"z9hG4bKprobe1", b"z9hG4bKb%d" % number) for number in range(2000)))
        other.send(OPTIONS)
        assert (await other.response()).status == 200
        assert len(gateway.told(OptionsReceived)) < 2000


async def test_one_bad_message_does_not_close_a_sound_connection() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(
            with_header(OPTIONS, b"CSeq", b"x"),
            b"hello there\r\nContent-Length: 0\r\n\r\n",
            b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            OPTIONS,
        )
        assert [(await peer.response()).status for _ in range(2)] == [400, 200]
        assert len(gateway.told(MessageRefused)) == 2


async def test_a_body_over_the_limit_is_413_and_the_connection_goes_on() -> None:
    limits = TransportLimits(framing=Limits(body=100, hard_body=100_000))
    async with serving(limits) as gateway, peer_of(gateway) as peer:
        big = OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 90000") + b"x" * 90_000
        peer.send(big, OPTIONS)
        assert [(await peer.response()).status for _ in range(2)] == [413, 200]


@pytest.mark.parametrize(("length", "status"), [(b"2000000", 513), (b"-1", 400), (b"1, 2", 400)])
async def test_when_the_step_is_lost_the_answer_still_arrives_and_the_connection_ends(
    length: bytes, status: int
) -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(OPTIONS.replace(b"Content-Length: 0", b"Content-Length: " + length), b"x" * 500_000)
        rest = await peer.closed()
        assert rest.startswith(b"SIP/2.0 %d " % status)
        await until(lambda: not gateway.connections)


async def test_a_peer_that_goes_on_sending_after_the_step_was_lost_is_cut() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 2000000"))
        assert (await peer.response()).status == 513
        for _ in range(100):
            if not gateway.connections:
                break
            peer.send(b"x" * 1000)
            await asyncio.sleep(0.01)
        assert gateway.connections == 0


# --- failures of the application ----------------------------------------------------------------------------


async def test_a_request_that_the_application_fails_on_is_answered_500() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        gateway.fail_on = OptionsReceived
        peer.send(OPTIONS)
        assert (await peer.response()).status == 500
        gateway.fail_on = None
        peer.send(OPTIONS.replace(b"z9hG4bKprobe1", b"z9hG4bKprobe2"))
        assert (await peer.response()).status == 200
        assert gateway.errors == ["OptionsReceived could not be handled"]
        assert gateway.endpoint.agent.unanswered == 0


async def test_an_event_that_is_no_request_may_fail_too() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        gateway.fail_on = MessageRefused
        peer.send(INFO, OPTIONS)
        assert [(await peer.response()).status for _ in range(2)] == [481, 200]
        assert gateway.errors == ["MessageRefused could not be handled"]


async def test_a_fault_of_our_own_costs_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> list[Event]:
        raise RuntimeError("a fault of our own")

    async with serving() as gateway, peer_of(gateway) as peer:
        with monkeypatch.context() as patch:
            patch.setattr(gateway.endpoint.agent, "receive", fail)
            patch.setattr(gateway.endpoint.agent, "tick", fail)
            peer.send(OPTIONS)
            await until(lambda: gateway.errors)
            gateway.endpoint._tick()
        peer.send(OPTIONS)
        assert (await peer.response()).status == 200
        assert gateway.errors == ["a SIP message could not be served", "a deadline could not be kept"]


async def test_without_anybody_to_tell_faults_go_to_the_event_loop() -> None:
    def fail(event: Event, now: float) -> None:
        raise RuntimeError("the application failed")

    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["message"]))
    endpoint = Endpoint(fail)
    [address] = await endpoint.listen([ListenAddress(Transport.TCP, "127.0.0.1", 0)])
    async with peer_of(Gateway(endpoint, address.port)) as peer:
        peer.send(OPTIONS)
        assert (await peer.response()).status == 500
    await endpoint.close()
    assert told == ["OptionsReceived could not be handled"]


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "begin"),
    [
        (TransportLimits(sweep=0.02, first_message=0.1), b""),
        (TransportLimits(sweep=0.02, first_message=0.1), b"\r\n\r\n"),
        (TransportLimits(sweep=0.02, header=0.1), OPTIONS[:40]),
        (TransportLimits(sweep=0.02, body=0.1), INVITE[:-5]),
        (TransportLimits(sweep=0.02, header=0.1), OPTIONS + OPTIONS[:40]),
    ],
    ids=["silence", "keep-alives only", "header section", "body", "second message"],
)
async def test_a_peer_that_does_not_go_on_is_closed(limits: TransportLimits, begin: bytes) -> None:
    async with serving(limits) as gateway, peer_of(gateway) as peer:
        peer.send(begin)
        await peer.closed()
        assert gateway.endpoint.counters.timed_out == 1


async def test_a_dribble_does_not_buy_time() -> None:
    async with serving(TransportLimits(sweep=0.02, header=0.1)) as gateway, peer_of(gateway) as peer:
        for byte in OPTIONS[:60]:
            peer.send(bytes([byte]))
            await asyncio.sleep(0.01)
            if not gateway.connections:
                break
        assert gateway.endpoint.counters.timed_out == 1


async def test_the_body_has_its_own_time_and_a_quiet_connection_any() -> None:
    limits = TransportLimits(sweep=0.02, header=0.1, body=2.0, first_message=0.1)
    async with serving(limits) as gateway, peer_of(gateway) as peer:
        peer.send(OPTIONS)
        assert (await peer.response()).status == 200
        peer.send(INVITE[:-5])
        await asyncio.sleep(0.2)
        peer.send(INVITE[-5:])
        assert (await peer.response()).status == 200
        await asyncio.sleep(0.2)
        assert gateway.connections == 1
        assert gateway.endpoint.counters.timed_out == 0


async def test_the_clock_runs_by_itself() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(INVITE)
        first = await peer.message()
        assert await peer.message() == first
        dialog = gateway.dialogs[0]
        peer.send(with_tag(ACK, dialog))
        await until(lambda: dialog.confirmed)


# --- bounds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limits",
    [TransportLimits(connections=2), TransportLimits(connections_per_address=2)],
    ids=["in all", "per address"],
)
async def test_connections_over_the_limit_are_closed_at_once_and_others_are_served(
    limits: TransportLimits,
) -> None:
    async with serving(limits) as gateway, peer_of(gateway) as first, peer_of(gateway):
        await until(lambda: gateway.connections == 2)
        for refused in range(1, 4):
            async with peer_of(gateway) as third:
                assert await third.closed() == b""
            assert gateway.endpoint.counters.refused_limit == refused
        first.send(OPTIONS)
        assert (await first.response()).status == 200
    assert gateway.endpoint.counters.accepted == 2


async def test_a_place_that_becomes_free_is_given_again() -> None:
    async with serving(TransportLimits(connections_per_address=1)) as gateway:
        for _ in range(3):
            async with peer_of(gateway) as peer:
                peer.send(OPTIONS)
                assert (await peer.response()).status == 200
            await until(lambda: not gateway.connections)
        assert (gateway.endpoint._census.counted, gateway.endpoint._census.addresses) == (0, 0)


async def test_a_slow_reader_is_cut_and_others_are_not() -> None:
    async with (
        serving(TransportLimits(unsent=64 * 1024)) as gateway,
        peer_of(gateway) as slow,
        peer_of(gateway) as other,
    ):
        slow.send(INVITE)
        slow.send(with_tag(ACK, await opened(gateway, slow)))
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        agent, dialog = gateway.endpoint.agent, gateway.dialogs[0]
        for _ in range(2000):
            agent.request(dialog, b"INFO", gateway.endpoint.now, body=b"x" * 10_000)
            gateway.endpoint.flush()
            if gateway.endpoint.counters.slow_peers:
                break
        assert gateway.endpoint.counters.slow_peers == 1
        other.send(OPTIONS)
        assert (await other.response()).status == 200
        await until(lambda: gateway.connections == 1)
        assert not dialog.ended


async def opened(gateway: Gateway, peer: Peer) -> Dialog:
    assert (await peer.response()).status == 200
    return gateway.dialogs[-1]


async def test_a_reader_that_takes_nothing_for_too_long_is_cut() -> None:
    async with serving(TransportLimits(sweep=0.02, blocked=0.1)) as gateway, peer_of(gateway) as slow:
        slow.send(INVITE)
        slow.send(with_tag(ACK, await opened(gateway, slow)))
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        agent, dialog = gateway.endpoint.agent, gateway.dialogs[0]

        async def fill() -> None:
            while not gateway.endpoint.counters.slow_peers:
                agent.request(dialog, b"INFO", gateway.endpoint.now, body=b"x" * 60_000)
                gateway.endpoint.flush_soon()
                await asyncio.sleep(0.001)

        async with asyncio.timeout(5.0):
            await fill()
        await until(lambda: gateway.connections == 0)


# --- flows of our own ---------------------------------------------------------------------------------------


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


async def lost_dialog(gateway: Gateway, invite: bytes) -> Dialog:
    """A session whose connection is gone."""
    async with peer_of(gateway) as peer:
        peer.send(invite)
        dialog = await opened(gateway, peer)
        peer.send(with_tag(ACK, dialog))
        await until(lambda: dialog.confirmed)
    await until(lambda: dialog.flow.closed)
    return dialog


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
        agent = gateway.endpoint.agent
        for number in range(2):
            agent.request(dialog, b"INFO", gateway.endpoint.now, body=b"event %d" % number, token=number)
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
            gateway.endpoint.agent.request(dialog, b"INFO", gateway.endpoint.now, token=attempt)
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
        gateway.endpoint.agent.request(dialog, b"INFO", gateway.endpoint.now)
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
    with pytest.raises(OSError, match="Connect call failed"):
        await client.connect(Target(Transport.TCP, "127.0.0.1", unused_tcp_port))
    await client.close()


# --- life ---------------------------------------------------------------------------------------------------


async def test_a_wildcard_listener_tells_the_address_that_was_reached() -> None:
    async with serving() as gateway:
        [address] = await gateway.endpoint.listen([ListenAddress(Transport.TCP, "0.0.0.0", 0)])
        gateway.port = address.port
        async with peer_of(gateway) as peer:
            peer.send(INVITE)
            response = await peer.response()
            assert response.get(b"contact") == b"<sip:2001@127.0.0.1:%d;transport=tcp>" % address.port
            peer.send(with_tag(ACK, gateway.dialogs[0]))
            await until(lambda: gateway.dialogs[0].confirmed)


async def test_listeners_are_bound_all_or_none() -> None:
    async with serving() as gateway:
        endpoint = Endpoint(lambda event, now: None)
        taken = ListenAddress(Transport.TCP, "127.0.0.1", gateway.port)
        with pytest.raises(OSError, match="address already in use"):
            await endpoint.listen([ListenAddress(Transport.TCP, "127.0.0.1", 0), taken])
        assert not any(listener.is_serving() for listener in endpoint._listeners)
        await endpoint.close()


async def test_without_a_certificate_there_is_no_tls() -> None:
    endpoint = Endpoint(lambda event, now: None)
    with pytest.raises(OSError, match="certificate"):
        await endpoint.listen([ListenAddress(Transport.TLS, "127.0.0.1", 0)])
    with pytest.raises(OSError, match="certificate"):
        await endpoint.connect(Target(Transport.TLS, "127.0.0.1", 1))
    await endpoint.close()


async def test_what_is_written_still_leaves_when_the_endpoint_closes() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(INVITE)
        dialog = await opened(gateway, peer)
        gateway.endpoint.agent.bye(dialog, gateway.endpoint.now, status=480, text="stopping")
        await gateway.endpoint.close()
        assert (await peer.closed()).startswith(b"BYE ")
        assert gateway.connections == 0


async def test_a_peer_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async with serving(TransportLimits(linger=0.1, unsent=10**9)) as gateway, peer_of(gateway) as slow:
        slow.send(INVITE)
        dialog = await opened(gateway, slow)
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(500):
            gateway.endpoint.agent.request(dialog, b"INFO", gateway.endpoint.now, body=b"x" * 60_000)
        async with asyncio.timeout(1.0):
            await gateway.endpoint.close()
        assert gateway.connections == 0


async def test_an_endpoint_that_is_closed_does_nothing_more() -> None:
    async with serving() as gateway:
        dialog = await lost_dialog(gateway, routed(1))
        await gateway.endpoint.close()
        gateway.endpoint.agent.request(dialog, b"INFO", gateway.endpoint.now)
        gateway.endpoint.flush()
        assert not len(gateway.endpoint._dialler)
        assert len(asyncio.all_tasks()) == 1


@contextmanager
def tasks_counted() -> Iterator[None]:
    before = len(asyncio.all_tasks())
    yield
    assert len(asyncio.all_tasks()) == before


async def test_sessions_cost_no_task() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        with tasks_counted():
            for number in range(50):
                peer.send(INVITE.replace(b"z9hG4bK77A1.0", b"z9hG4bKs%d" % number))
                await peer.response()
        assert len(gateway.dialogs) == 50
