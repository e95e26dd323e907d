"""The shell over real loopback sockets, with short limits: reading, failures, time, bounds, its end."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress

import pytest

from sip import (
    Endpoint,
    Event,
    Limits,
    ListenAddress,
    MessageRefused,
    OptionsReceived,
    Transport,
    TransportLimits,
)
from sip.connection import Connection
from tests.sip.peers import with_header, with_tag
from tests.sip.shell import (
    ACK,
    INFO,
    INVITE,
    OPTIONS,
    Gateway,
    Peer,
    lost_dialog,
    opened,
    peer_of,
    serving,
    until,
)

pytestmark = pytest.mark.asyncio

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


async def test_after_standing_still_what_has_arrived_is_read_before_deadlines_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        dialog = await opened(gateway, peer)
        clock = asyncio.get_running_loop()
        ticks: list[float] = []
        tick = gateway.endpoint.agent.tick

        def noted(now: float) -> list[Event]:
            ticks.append(now)
            return tick(now)

        monkeypatch.setattr(gateway.endpoint.agent, "tick", noted)
        gateway.endpoint._due = clock.time() - 20.0  # as if the process had been stopped so long
        gateway.endpoint._tick()
        assert ticks == []
        await until(lambda: len(ticks) == 1)
        assert not dialog.ended


async def test_a_fault_of_our_own_costs_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> list[Event]:
        raise RuntimeError("a fault of our own")

    async with serving() as gateway, peer_of(gateway) as peer:
        with monkeypatch.context() as patch:
            patch.setattr(gateway.endpoint.agent, "receive", fail)
            patch.setattr(gateway.endpoint.agent, "tick", fail)
            peer.send(OPTIONS)
            await until(lambda: gateway.errors)
            gateway.endpoint._due = asyncio.get_running_loop().time()
            gateway.endpoint._tick()
        peer.send(OPTIONS)
        assert (await peer.response()).status == 200
        assert gateway.errors == ["a SIP message could not be served", "a deadline could not be kept"]


async def test_without_anybody_to_tell_faults_go_to_the_event_loop() -> None:
    def fail(event: Event, now: float) -> None:
        raise RuntimeError("the application failed")

    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["message"]))
    gateway = Gateway()
    endpoint = Endpoint(fail)
    [address] = await endpoint.listen([ListenAddress(Transport.TCP, "127.0.0.1", 0)])
    gateway.port = address.port
    async with peer_of(gateway) as peer:
        peer.send(OPTIONS)
        assert (await peer.response()).status == 500
    await endpoint.close()
    await gateway.endpoint.close()
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
        dialog = await opened(gateway, slow)
        slow.stop_reading()
        for _ in range(2000):
            gateway.request(dialog, b"x" * 10_000)
            gateway.endpoint.flush()
            if gateway.endpoint.counters.slow_peers:
                break
        assert gateway.endpoint.counters.slow_peers == 1
        other.send(OPTIONS)
        assert (await other.response()).status == 200
        await until(lambda: gateway.connections == 1)
        assert dialog.ended  # what it had not read is lost: it has to open another one


async def test_a_reader_that_takes_nothing_for_too_long_is_cut() -> None:
    limits = TransportLimits(sweep=0.02, blocked=0.1, unsent=10**9)
    async with serving(limits) as gateway, peer_of(gateway) as slow:
        await fill(gateway, slow)
        await until(lambda: gateway.connections == 0)
        assert gateway.endpoint.counters.slow_peers == 1


async def test_a_reader_that_goes_on_in_time_is_not() -> None:
    limits = TransportLimits(sweep=0.02, blocked=1.0, unsent=10**9)
    async with serving(limits) as gateway, peer_of(gateway) as slow:
        sent = await fill(gateway, slow)
        slow.resume_reading()
        for _ in range(sent):
            await slow.message()
        await asyncio.sleep(0.05)
        assert (gateway.connections, gateway.endpoint.counters.slow_peers) == (1, 0)


async def fill(gateway: Gateway, slow: Peer) -> int:
    """Write to a peer that takes nothing until the kernel takes no more; gives back how many messages."""
    dialog = await opened(gateway, slow)
    slow.stop_reading()
    for sent in range(1, 2000):
        gateway.request(dialog, b"x" * 60_000)
        gateway.endpoint.flush()
        if next(iter(gateway.endpoint._connections.values()))._blocked_since:
            return sent
    raise AssertionError("the kernel takes everything")


async def test_who_asks_without_end_and_reads_no_answer_is_cut() -> None:
    async with serving(TransportLimits(unsent=64 * 1024)) as gateway, peer_of(gateway) as slow:
        slow.stop_reading()
        numbers = itertools.count()
        async with asyncio.timeout(10.0):
            while not gateway.endpoint.counters.slow_peers:
                slow.send(*(OPTIONS.replace(b"probe1", b"p%d" % next(numbers)) for _ in range(500)))
                with suppress(OSError):  # cut while it writes
                    await slow.writer.drain()
                await asyncio.sleep(0.001)
        await until(lambda: not gateway.connections)


async def test_a_connection_that_is_closed_while_its_peer_takes_nothing_is_cut_after_a_while() -> None:
    limits = TransportLimits(sweep=0.02, header=0.1, linger=0.1, unsent=10**9)
    async with serving(limits) as gateway, peer_of(gateway) as slow:
        await fill(gateway, slow)
        slow.send(OPTIONS[:40])
        await until(lambda: gateway.connections == 0)
        assert gateway.endpoint.counters.timed_out == 1


async def test_what_waits_on_a_connection_that_is_lost_is_let_go() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        peer.send(*(OPTIONS.replace(b"probe1", b"p%d" % number) for number in range(1000)))
        await until(lambda: gateway.events)
        next(iter(gateway.endpoint._connections.values())).abort()
        await until(lambda: not gateway.connections)
        served = len(gateway.events)
        await asyncio.sleep(0.02)
        assert len(gateway.events) == served < 1000


async def test_a_connection_that_was_reset_before_it_was_looked_at_is_dropped() -> None:
    class Reset(asyncio.Transport):
        aborted = False

        def get_extra_info(self, name: str, default: object = None) -> object:
            return None

        def abort(self) -> None:
            self.aborted = True

    gateway = Gateway()
    connection, transport = Connection(gateway.endpoint, Transport.TCP, accepted=True), Reset()
    connection.connection_made(transport)
    connection.connection_lost(None)
    assert transport.aborted
    assert (gateway.connections, gateway.endpoint.counters.accepted) == (0, 0)
    await gateway.endpoint.close()


# --- life ---------------------------------------------------------------------------------------------------


async def test_a_wildcard_listener_tells_the_address_that_was_reached() -> None:
    async with serving() as gateway:
        [address] = await gateway.endpoint.listen([ListenAddress(Transport.TCP, "0.0.0.0", 0)])
        gateway.port = address.port
        async with peer_of(gateway) as peer:
            dialog = await opened(gateway, peer)
            assert dialog.contact == b"<sip:2001@127.0.0.1:%d;transport=tcp>" % address.port


async def test_listeners_are_bound_all_or_none() -> None:
    async with serving() as gateway:
        endpoint = Endpoint(lambda event, now: None)
        taken = ListenAddress(Transport.TCP, "127.0.0.1", gateway.port)
        with pytest.raises(OSError, match="address already in use"):
            await endpoint.listen([ListenAddress(Transport.TCP, "127.0.0.1", 0), taken])
        assert not any(listener.is_serving() for listener in endpoint._listeners)
        await endpoint.close()


async def test_what_is_written_still_leaves_when_the_endpoint_closes() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        dialog = await opened(gateway, peer)
        gateway.endpoint.agent.bye(dialog, gateway.endpoint.now, status=480, text="stopping")
        await gateway.endpoint.close()
        assert (await peer.closed()).startswith(b"BYE ")
        assert gateway.connections == 0


async def test_a_peer_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async with serving(TransportLimits(linger=0.1, unsent=10**9)) as gateway, peer_of(gateway) as slow:
        dialog = await opened(gateway, slow)
        slow.stop_reading()
        for _ in range(500):
            gateway.request(dialog, b"x" * 60_000)
        async with asyncio.timeout(1.0):
            await gateway.endpoint.close()
        assert gateway.connections == 0


async def test_an_endpoint_that_is_closed_does_nothing_more() -> None:
    async with serving() as gateway:
        dialog = await lost_dialog(gateway)
        await gateway.endpoint.close()
        gateway.request(dialog)
        gateway.endpoint.flush()
        assert not len(gateway.endpoint._dialler)
        assert len(asyncio.all_tasks()) == 1


async def test_sessions_cost_no_task() -> None:
    async with serving() as gateway, peer_of(gateway) as peer:
        before = len(asyncio.all_tasks())
        for number in range(50):
            await opened(gateway, peer, INVITE.replace(b"z9hG4bK77A1.0", b"z9hG4bKs%d" % number))
        assert len(asyncio.all_tasks()) == before
        assert len(gateway.dialogs) == 50
