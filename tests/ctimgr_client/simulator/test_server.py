import asyncio

import pytest
import structlog

from ctimgr_client.simulator import Limits, Simulator, nodes
from tests.ctimgr_client.simulator.raw_client import (
    ED3,
    SESSION,
    csta,
    framed,
    make_call,
    on_connection,
    root,
    running,
    start,
    text,
    until,
)

ONE, TWO = "tel:1001;device=SEP000000001001", "tel:1002;device=SEP000000001002"


@pytest.mark.asyncio
async def test_a_session_from_start_to_stop() -> None:
    async with running() as site:
        client = await site.connect()
        session = await client.start(30)
        duration = "<requestedSessionDuration>40</requestedSessionDuration>"
        reset = csta("ResetApplicationSessionTimer", f"<sessionID>{session}</sessionID>{duration}", SESSION)
        assert text(await client.ask(5, reset), "actualSessionDuration") == "40"
        reason = "<sessionEndReason><appEndReason>Application Request</appEndReason></sessionEndReason>"
        stop = csta("StopApplicationSession", f"<sessionID>{session}</sessionID>{reason}", SESSION)
        assert root(await client.ask(6, stop)) == "StopApplicationSessionPosResponse"
        assert await client.ended() is None


@pytest.mark.asyncio
async def test_a_registration_instead_of_a_session() -> None:
    async with running() as site:
        client = await site.connect()
        edition = ED3.replace("ed3", "ed5")
        register = csta(
            "SystemRegister", "<requestTypes><systemStatus>true</systemStatus></requestTypes>", edition
        )
        answer = await client.ask(0, register)
        assert text(answer, "sysStatRegisterID") == "1"
        assert f'xmlns="{edition}"' in answer
        assert await client.monitor(ONE)


@pytest.mark.asyncio
async def test_the_switch_speaks_first_to_a_client_that_waits() -> None:
    async with running(limits=Limits(greeting=0.02)) as site:
        client = await site.connect()
        invoke_id, body = await client.receive()
        assert (invoke_id, root(body), text(body, "systemStatus")) == (0, "SystemStatus", "normal")


@pytest.mark.asyncio
async def test_a_request_before_the_session_is_refused() -> None:
    async with running() as site:
        client = await site.connect()
        answer = await client.ask(3, make_call(ONE, TWO))
        assert "<stateIncompatibility>generic</stateIncompatibility>" in answer
        assert site.simulator.cluster.calls == {}


@pytest.mark.asyncio
async def test_a_silent_application_is_told_and_closed() -> None:
    async with running() as site:
        client = await site.connect()
        session = await client.start(1)
        invoke_id, body = await client.receive()
        assert (invoke_id, root(body)) == (9999, "ApplicationSessionTerminated")
        assert text(body, "sessionID") == session
        assert text(body, "definedTermReason") == "sessionTimerExpired"
        assert await client.ended() is None


@pytest.mark.asyncio
async def test_two_managers_show_one_call() -> None:
    async with running(2) as site:
        caller, called = await site.session(1), await site.session(2)
        await caller.monitor(ONE)
        await called.monitor(TWO)
        answer = await caller.ask(2, make_call(ONE, "tel:1002"))
        call = text(answer, "callID")
        assert await caller.events(3) == [
            "ServiceInitiatedEvent initiated",
            "OriginatedEvent connected",
            "DeliveredEvent connected",
        ]
        assert await called.events(1) == ["DeliveredEvent alerting"]
        called.send(3, on_connection("AnswerCall", "callToBeAnswered", call, TWO))
        assert root((await called.receive())[1]) == "AnswerCallResponse"
        assert await caller.events(1) == await called.events(1) == ["EstablishedEvent connected"]
        await caller.ask(4, on_connection("ClearConnection", "connectionToBeCleared", call, ONE))
        assert await caller.events(2) == ["ConnectionClearedEvent null", "ConnectionClearedEvent null"]
        assert await called.events(2) == ["ConnectionClearedEvent connected", "ConnectionClearedEvent null"]


@pytest.mark.asyncio
async def test_time_passes_for_all_with_one_timer() -> None:
    async with running() as site:
        client = await site.session()
        await client.monitor(ONE)
        cluster = site.simulator.cluster
        site.simulator.do(lambda now: nodes.fail(cluster, cluster.fleet.nodes["cucm1"], now))
        assert [root((await client.receive())[1]) for _ in range(3)] == [
            "SystemStatus",
            "OutOfServiceEvent",
            "BackInServiceEvent",
        ]


@pytest.mark.asyncio
async def test_frames_may_be_cut_and_joined_anywhere() -> None:
    async with running() as site:
        client = await site.connect()
        await client.start()
        for cut in ([1], [8], [2, 9, 40]):
            for part_start, part_end in zip([0, *cut], [*cut, None], strict=True):
                client.writer.write(framed(1, csta("RequestSystemStatus"))[part_start:part_end])
                await client.writer.drain()
                await asyncio.sleep(0.001)
            assert (await client.receive())[0] == 1
        client.writer.write(b"".join(framed(number, csta("RequestSystemStatus")) for number in range(250)))
        assert [(await client.receive())[0] for _ in range(250)] == list(range(250))


@pytest.mark.asyncio
async def test_lost_framing_closes_that_connection_only() -> None:
    async with running() as site:
        client, other = await site.session(), await site.session()
        client.writer.write(framed(1, csta("RequestSystemStatus")) + b"HTTP/1.1 200 OK\r\n\r\n")
        assert (await client.receive())[0] == 1
        assert await client.ended() is None
        assert text(await other.ask(1, csta("RequestSystemStatus")), "systemStatus") == "normal"


@pytest.mark.asyncio
async def test_a_closed_connection_leaves_nothing_behind() -> None:
    async with running() as site:
        client = await site.session()
        await client.monitor(ONE)
        assert len(site.simulator.monitors) == 1
        client.writer.transport.abort()
        await until(lambda: not site.simulator.servers["ctim1"].connections)
        assert len(site.simulator.monitors) == 0
        assert len(site.simulator.cluster.timers) == 0


@pytest.mark.asyncio
async def test_connections_are_bounded() -> None:
    async with running(limits=Limits(sessions=-98)) as site:
        first, _second, third = [await site.connect() for _ in range(3)]
        assert await third.ended() is ConnectionResetError
        assert "maxNumberSessions" in await first.ask(0, start())
        assert len(site.simulator.servers["ctim1"].connections) == 2


@pytest.mark.asyncio
async def test_a_client_that_does_not_read_is_cut() -> None:
    async with running() as site:
        client = await site.session()
        await client.monitor(ONE)
        forward = csta("SetForwarding", f"<device>{ONE}</device><activateForward>false</activateForward>")
        server = site.simulator.servers["ctim1"]
        with structlog.testing.capture_logs() as logs:
            for _ in range(200_000):
                client.writer.write(framed(1, forward))
                if client.writer.transport.get_write_buffer_size() > 65_536:
                    await asyncio.sleep(0)
                if not server.connections:
                    break
        assert [entry["event"] for entry in logs] == ["sim.client_does_not_read"]
        assert len(site.simulator.monitors) == 0


@pytest.mark.asyncio
async def test_over_the_device_limit_is_logged_once_and_served() -> None:
    async with running(limits=Limits(devices_per_provider=1, devices_per_node=2)) as site:
        client = await site.session()
        with structlog.testing.capture_logs() as logs:
            for dn in range(1001, 1005):
                assert await client.monitor(f"tel:{dn}")
        assert [entry["text"] for entry in logs] == [
            "provider ctim1-000001 has more than 1 devices open",
            "CTIManager ctim1 has more than 2 devices open",
        ]


@pytest.mark.asyncio
async def test_stopping_says_good_bye() -> None:
    async with running() as site:
        client = await site.session()
        await site.simulator.stop()
        invoke_id, body = await client.receive()
        assert (invoke_id, root(body)) == (9999, "ApplicationSessionTerminated")
        assert text(body, "serverTermReason") == "the CTIManager is shutting down"
        assert await client.ended() is None
        with pytest.raises(ConnectionRefusedError):
            await site.connect()


@pytest.mark.asyncio
async def test_managers_are_named_in_order() -> None:
    async with running(3) as site:
        assert list(site.simulator.servers) == ["ctim1", "ctim2", "ctim3"]


@pytest.mark.asyncio
async def test_an_address_that_is_taken_starts_nothing() -> None:
    async with running() as site:
        other = Simulator()
        with pytest.raises(OSError, match="address already in use"):
            await other.start([("127.0.0.1", 0), ("127.0.0.1", site.ports[0])])
        assert not any(server.listening for server in other.servers.values())
