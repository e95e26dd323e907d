import asyncio

import pytest
import structlog

from ctimgr_client.simulator import Fault, nodes, phone_features
from tests.ctimgr_client.simulator.raw_client import RawClient, csta, root, running, start, text

ONE = "tel:1001;device=SEP000000001001"
ALIVE = csta("RequestSystemStatus")


async def is_served(client: RawClient) -> bool:
    return text(await client.ask(77, ALIVE), "systemStatus") == "normal"


@pytest.mark.asyncio
async def test_crash_resets_everybody_and_stops_listening() -> None:
    async with running(2) as site:
        first, second, elsewhere = await site.session(1), await site.connect(1), await site.session(2)
        await first.monitor(ONE)
        await site.simulator.servers["ctim1"].set_fault(Fault.CRASH)
        assert await first.ended() is ConnectionResetError
        assert await second.ended() is ConnectionResetError
        with pytest.raises(ConnectionRefusedError):
            await site.connect(1)
        assert await is_served(elsewhere)
        assert len(site.simulator.monitors) == 0


@pytest.mark.asyncio
async def test_after_a_crash_the_same_port_is_back() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        await site.session()
        await server.set_fault(Fault.CRASH)
        await server.set_fault(Fault.CRASH)
        assert not server.listening
        await server.set_fault(Fault.NONE)
        assert await is_served(await site.session())
        assert server.port == site.ports[0]


@pytest.mark.asyncio
async def test_hang_accepts_and_says_nothing_until_it_is_over() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        old = await site.session()
        await old.monitor(ONE)
        await server.set_fault(Fault.HANG)
        new = await site.connect()
        new.send(0, start())
        old.send(5, ALIVE)
        cluster = site.simulator.cluster
        site.simulator.do(lambda now: nodes.fail(cluster, cluster.fleet.nodes["cucm1"], now))
        assert await old.silent(0.05)
        assert await new.silent(0.01)
        await server.set_fault(Fault.NONE)
        assert root((await new.receive())[1]) == "StartApplicationSessionPosResponse"
        heard = [root((await old.receive())[1]) for _ in range(4)]
        assert heard == [
            "SystemStatus",
            "OutOfServiceEvent",
            "BackInServiceEvent",
            "RequestSystemStatusResponse",
        ]


@pytest.mark.asyncio
async def test_what_a_hanging_manager_keeps_back_is_bounded() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        client = await site.session()
        await client.monitor(ONE)
        await server.set_fault(Fault.HANG)
        cluster = site.simulator.cluster
        line = cluster.appearance(ONE).line
        with structlog.testing.capture_logs() as logs:
            for _ in range(200):
                for _ in range(20):
                    site.simulator.do(lambda _now: phone_features.forward(cluster, line, None))
                await asyncio.sleep(0)
        assert [entry["event"] for entry in logs] == ["sim.client_does_not_read"]
        assert not server.connections


@pytest.mark.asyncio
async def test_refuse_is_for_new_connections_only() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        client = await site.session()
        await server.set_fault(Fault.REFUSE)
        with pytest.raises(ConnectionRefusedError):
            await site.connect()
        assert await is_served(client)
        await server.set_fault(Fault.NONE)
        assert await is_served(await site.session())


@pytest.mark.asyncio
async def test_slow_answers_late_and_in_order() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        client = await site.session()
        await server.set_fault(Fault.SLOW, 0.05)
        clock = asyncio.get_running_loop().time
        begun = clock()
        client.send(1, ALIVE)
        await asyncio.sleep(0.01)
        client.send(2, csta("GetCSTAFeatures"))
        assert [(await client.receive())[0] for _ in range(2)] == [1, 2]
        assert clock() - begun >= 0.059


@pytest.mark.asyncio
async def test_the_end_of_slowness_hurries_what_is_late() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        client = await site.session()
        await server.set_fault(Fault.SLOW, 600.0)
        client.send(1, ALIVE)
        assert await client.silent(0.02)
        await server.set_fault(Fault.SLOW, 0.01)
        assert (await client.receive())[0] == 1
        client.send(2, ALIVE)
        await asyncio.sleep(0.002)
        await server.set_fault(Fault.NONE)
        assert (await client.receive())[0] == 2
        assert await is_served(client)


@pytest.mark.asyncio
async def test_a_slow_manager_finishes_its_last_word() -> None:
    async with running() as site:
        client = await site.connect()
        session = await client.start()
        await site.simulator.servers["ctim1"].set_fault(Fault.SLOW, 0.02)
        reason = "<sessionEndReason><definedEndReason>normal</definedEndReason></sessionEndReason>"
        namespace = "http://www.ecma-international.org/standards/ecma-354/appl_session"
        stop = csta("StopApplicationSession", f"<sessionID>{session}</sessionID>{reason}", namespace)
        assert root(await client.ask(1, stop)) == "StopApplicationSessionPosResponse"
        assert await client.ended() is None


@pytest.mark.asyncio
async def test_bad_login_is_said_in_the_words_of_the_real_one() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        await server.set_fault(Fault.BAD_LOGIN)
        client = await site.connect()
        answer = await client.ask(0, start())
        assert root(answer) == "StartApplicationSessionNegResponse"
        assert text(answer, "applError") == "bad login or password"
        await server.set_fault(Fault.NONE)
        assert await client.start()


@pytest.mark.asyncio
async def test_a_port_that_was_taken_meanwhile_changes_nothing() -> None:
    async with running() as site:
        server = site.simulator.servers["ctim1"]
        await server.set_fault(Fault.CRASH)
        thief = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", site.ports[0])
        with pytest.raises(OSError, match="address already in use"):
            await server.set_fault(Fault.NONE)
        assert server.cti.fault is Fault.CRASH
        thief.close()
        await thief.wait_closed()
        await server.set_fault(Fault.NONE)
        assert await is_served(await site.session())
