"""How sessions and requests end when something goes wrong: always with an answer, and nothing left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from csta_xml import CSTAErrorCode, Event, Message, Response, Service
from cstagw.session import Session
from sip import Agent

from .conftest import House, started, until
from .raw import RawClient, csta, status_request

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def impatient() -> AsyncIterator[House]:
    """A node whose CTIManagers have 300 ms for an answer, and are given up after a long silence only."""
    node = await started(session__request_timeout="300ms", heartbeat__interval="30s")
    async with aiohttp.ClientSession() as http:
        yield House(node, http)
    await node.stop()


async def client_of(house: House, line: str = "tel:1001", user: str = "alice") -> RawClient:
    return await RawClient.connect(house.gateway.host, house.gateway.port, line, user)


async def test_an_invite_asked_at_a_ctimanager_that_hangs_is_served_by_another(impatient: House) -> None:
    await impatient.fault("ctim1", "hang")
    client = await client_of(impatient)
    assert (await client.sign_in()).status == 200
    assert impatient.node.link_sessions() == {"ctim2": 1}
    await client.close()


async def test_an_invite_that_no_ctimanager_answers_is_refused(impatient: House) -> None:
    for name in ("ctim1", "ctim2"):
        await impatient.fault(name, "hang")
    client = await client_of(impatient)
    answer = await client.sign_in()
    assert answer.status == 480
    assert answer["retry-after"]
    assert "no answer for the line from ctim1, ctim2" in answer["reason"]
    assert impatient.node.session_count() == 0
    await client.close()


async def test_a_stopping_node_answers_every_invite_and_admits_none() -> None:
    node = await started(heartbeat__interval="30s")
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        kept, late = await client_of(house), await client_of(house, "tel:1002", "bob")
        await kept.sign_in()
        for name in ("ctim1", "ctim2"):
            await house.fault(name, "hang")
        late.send(late.request("INVITE", status_request("tel:1002")))
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(node.stop())
        assert (await kept.receive()).method == "BYE"
        refused = await late.receive()
        assert (refused.status, "stopping" in refused["reason"]) == (480, True)
        await stopping
        for client in (kept, late):
            await client.close()


async def test_a_refresh_need_not_name_the_line(house: House) -> None:
    client = await client_of(house)
    await client.sign_in()
    answer = await client.answer_to(client.request("INVITE", csta("RequestSystemStatus")))
    assert answer.status == 200
    await client.close()


async def test_options_within_a_session_is_about_the_session(house: House) -> None:
    client = await client_of(house)
    await client.sign_in()
    assert not house.node.verdict().ready
    assert (await client.answer_to(client.request("OPTIONS"))).status == 200
    await client.close()


async def test_an_answer_that_cannot_be_used_is_500_and_the_session_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(
        self: Session, service: Service, answer: Response | CSTAErrorCode
    ) -> tuple[Message, list[Event]]:
        raise RuntimeError("a fault of ours")

    client = await client_of(house)
    forwarding = csta("GetForwarding", "<device>tel:1001</device>")
    await client.sign_in()
    with monkeypatch.context() as patched:
        patched.setattr(Session, "answered", broken)
        answer = await client.answer_to(client.request("INFO", forwarding))
        assert answer.status == 500
    answer = await client.answer_to(client.request("INFO", forwarding))
    assert "GetForwardingResponse" in answer.body
    await client.close()


async def test_a_session_whose_events_have_no_way_to_the_client_ends_rather_than_lose_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await client_of(house)
    await client.sign_in()
    await client.monitor()
    with monkeypatch.context() as patched:
        patched.setattr(Agent, "request", lambda *_, **__: False)
        client.send(client.request("INFO", client.make_call("1904")))
        messages = [await client.receive() for _ in range(2)]
    assert [message.status or message.method for message in messages] == [200, "BYE"]
    assert "an event could not be delivered" in messages[1]["reason"]
    assert house.node.session_count() == 0
    await client.close()


async def test_nothing_is_left_at_the_ctimanagers_when_clients_vanish(house: House) -> None:
    client = await client_of(house)
    await client.sign_in()
    client.send(client.request("INFO", client.monitor_start()), client.request("BYE"))
    await until(lambda: house.node.session_count() == 0 and house.node.monitors() == 0)
    simulator = house.node.simulator
    assert simulator is not None
    await until(lambda: not any(server.cti.devices.open for server in simulator.servers.values()))
    await client.close()
