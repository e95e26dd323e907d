"""Journey 4: a CTIManager is lost, its sessions end, the clients come back elsewhere; and all of them
lost."""

import aiohttp
import pytest

from csta_xml import RequestSystemStatus
from cstagw.client import ServiceRefused, SignInRefused

from .conftest import ALICE, BOB, House, until
from .test_calls import do

pytestmark = pytest.mark.asyncio


async def test_a_lost_ctimanager_ends_its_sessions_and_no_others(house: House) -> None:
    alice, bob = await house.client(ALICE, "tel:1001"), await house.client(BOB, "tel:1002")
    await house.fault("ctim1", "crash")
    await until(lambda: bool(alice.ended))
    assert "bye" in alice.ended
    assert not bob.ended
    await bob.service(RequestSystemStatus())
    await do(bob, "call 1901 wait established hangup")
    assert house.node.session_count() == 1
    again = await house.client(ALICE, "tel:1001")
    await do(again, "call 1901 wait established hangup")
    assert house.node.link_sessions() == {"ctim2": 2}


async def test_a_request_in_a_session_whose_ctimanager_is_gone_is_481(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    await house.fault("ctim1", "crash")
    await until(lambda: house.node.facts().cti_in_service == 1)
    with pytest.raises(ServiceRefused, match=r"481|no session"):
        await alice.service(RequestSystemStatus())


async def test_all_ctimanagers_lost_refuses_at_once_and_one_back_serves_again(house: House) -> None:
    await until(lambda: house.node.verdict().ready)
    assert (await house.get("/readyz"))[0] == 200
    for name in ("ctim1", "ctim2"):
        await house.fault(name, "crash")
    await until(lambda: house.node.facts().cti_in_service == 0)
    assert (await house.get("/readyz"))[0] == 503
    with pytest.raises(SignInRefused, match="480") as refused:
        await house.client(ALICE, "tel:1001")
    assert "no CTIManager is in service" in str(refused.value)
    await house.fault("ctim2", "none")
    await until(lambda: house.node.facts().cti_in_service == 1, within=8)
    alice = await house.client(ALICE, "tel:1001")
    await do(alice, "call 1901 wait established hangup")
    assert house.node.link_sessions() == {"ctim2": 1}


async def test_metrics_tell_of_it(house: House) -> None:
    await house.client(ALICE, "tel:1001")
    await house.fault("ctim1", "crash")
    await until(lambda: house.node.session_count() == 0)
    _, text = await house.get("/metrics")
    assert 'cstagw_cti_connection_up{connection="ctim1"} 0.0' in text
    assert 'cstagw_cti_connection_up{connection="ctim2"} 1.0' in text
    assert 'cstagw_sessions_ended_total{reason="cti_lost"} 1.0' in text
    assert "cstagw_sessions_created_total 1.0" in text


async def test_options_says_503_without_a_ctimanager(house: House) -> None:
    for name in ("ctim1", "ctim2"):
        await house.fault(name, "crash")
    await until(lambda: house.node.facts().cti_in_service == 0)
    reader, writer = await house.raw()
    writer.write(
        b"OPTIONS sip:gw@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bKo1\r\n"
        b"From: <sip:probe@example.com>;tag=1\r\nTo: <sip:gw@example.com>\r\nCall-ID: probe1\r\n"
        b"CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert answer.startswith(b"SIP/2.0 503 ")
    assert b"Retry-After: " in answer


async def test_the_control_api_is_on_the_admin_listener(house: House) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://{house.node.admin_address}/sim/v1/state") as answer,
    ):
        state = await answer.json()
    assert [one["name"] for one in state["ctimanagers"]] == ["ctim1", "ctim2"]
