"""The SIP wire as a front end writes it: bytes in segments, echoed headers, what is answered when."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .conftest import House, until
from .raw import RawClient, csta, status_request

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[RawClient]:
    client = await RawClient.connect(house.gateway.host, house.gateway.port)
    yield client
    await client.close()


async def test_the_answer_to_invite_says_what_the_dialog_needs(client: RawClient) -> None:
    answer = await client.sign_in(
        extra="Record-Route: <sip:fe.example.com;transport=tcp;lr;ms-route-sig=aB%3D>"
    )
    assert answer.status == 200
    assert answer["record-route"] == "<sip:fe.example.com;transport=tcp;lr;ms-route-sig=aB%3D>"
    assert answer["from"] == "<sip:alice@example.com>;tag=f-alice;epid=bd23d9"
    assert answer["session-expires"] == "1800;refresher=uac"
    assert answer["require"] == "timer"
    assert "UPDATE" in answer["allow"]
    assert answer["content-type"] == "application/csta+xml"
    assert "<systemStatus>normal</systemStatus>" in answer.body


async def test_features_and_monitor_in_one_segment_are_both_answered(client: RawClient) -> None:
    await client.sign_in()
    client.send(
        client.request("INFO", csta("GetCSTAFeatures")), client.request("INFO", client.monitor_start())
    )
    answers = [await client.receive(), await client.receive()]
    assert [answer.status for answer in answers] == [200, 200]
    assert "GetCSTAFeaturesResponse" in answers[0].body
    assert "monitorCrossRefID" in answers[1].body


async def test_monitor_stop_and_bye_in_one_segment_are_both_answered(house: House, client: RawClient) -> None:
    await client.sign_in()
    reference = await client.monitor()
    stop = csta("MonitorStop", f"<monitorCrossRefID>{reference}</monitorCrossRefID>")
    client.send(client.request("INFO", stop), client.request("BYE"))
    assert [(await client.receive())["cseq"].split()[1] for _ in range(2)] == ["INFO", "BYE"]
    await until(lambda: house.node.session_count() == 0)


async def test_a_message_byte_by_byte_is_the_same_message(client: RawClient) -> None:
    for byte in client.request("INVITE", status_request("tel:1001")):
        client.send(bytes([byte]))
        await asyncio.sleep(0)
    assert (await client.receive()).status == 200


async def test_a_repeated_make_call_is_answered_again_and_dials_once(house: House, client: RawClient) -> None:
    await client.sign_in()
    request = client.request("INFO", client.make_call("1904"), branch="z9hG4bKsame")
    first = await client.answer_to(request)
    second = await client.answer_to(request)
    assert first.body == second.body
    assert "MakeCallResponse" in first.body
    snapshot = csta("SnapshotDevice", f"<snapshotObject>{client.line}</snapshotObject>")
    answer = await client.answer_to(client.request("INFO", snapshot))
    assert answer.body.count("<snapshotDeviceResponseInfo>") == 1


async def test_the_answer_to_make_call_leaves_before_the_first_event(client: RawClient) -> None:
    await client.sign_in()
    reference = await client.monitor()
    client.send(client.request("INFO", client.make_call("1901")))
    messages = [await client.receive() for _ in range(5)]
    assert "MakeCallResponse" in messages[0].body
    assert [message.method for message in messages[1:]] == ["INFO"] * 4
    assert all(f"<monitorCrossRefID>{reference}<" in message.body for message in messages[1:])
    assert [message["cseq"] for message in messages[1:]] == ["1 INFO", "2 INFO", "3 INFO", "4 INFO"]


async def test_events_go_out_by_the_route_set_with_the_contact_as_uri(client: RawClient) -> None:
    await client.sign_in(
        extra="Record-Route: <sip:fe.example.com;lr;ms-route-sig=x>,<sip:edge.example.com;lr>"
    )
    await client.monitor()
    client.send(client.request("INFO", client.make_call("1904")))
    await client.receive()
    event = await client.receive()
    assert event.first == "INFO sip:alice@127.0.0.1:5999;transport=tcp SIP/2.0"
    assert event.headers["route"] == ["<sip:fe.example.com;lr;ms-route-sig=x>", "<sip:edge.example.com;lr>"]
    assert event["to"] == "<sip:alice@example.com>;tag=f-alice;epid=bd23d9"


async def test_a_request_after_the_loss_of_the_ctimanager_is_481(house: House, client: RawClient) -> None:
    await client.sign_in()
    await house.fault("ctim1", "crash")
    bye = await client.receive()
    assert bye.method == "BYE"
    assert "CTIManager ctim1 lost" in bye["reason"]
    answer = await client.answer_to(client.request("INFO", csta("RequestSystemStatus")))
    assert answer.status == 481


async def test_a_refresh_keeps_the_monitor(house: House, client: RawClient) -> None:
    await client.sign_in()
    reference = await client.monitor()
    again = await client.answer_to(client.request("INVITE", status_request("tel:1001")))
    assert again.status == 200
    assert "normal" in again.body
    client.send(client.request("ACK", cseq=1))
    update = await client.answer_to(client.request("UPDATE"))
    assert update["session-expires"] == "1800;refresher=uac"
    client.send(client.request("INFO", client.make_call("1904"), cseq=2))
    messages = [await client.receive() for _ in range(2)]
    assert f"<monitorCrossRefID>{reference}<" in messages[1].body
    assert house.node.session_count() == 1


async def test_options_of_a_ready_node_is_200(house: House, client: RawClient) -> None:
    await until(lambda: house.node.verdict().ready)
    answer = await client.answer_to(client.request("OPTIONS"))
    assert answer.status == 200
    assert answer["accept"] == "application/csta+xml"
