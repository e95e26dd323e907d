"""Each kind of bad input gets its own answer, and the next request on that connection is served."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .conftest import House
from .raw import NS, Message, RawClient, csta, status_request

pytestmark = pytest.mark.asyncio

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>' + csta("MonitorStop", "<monitorCrossRefID>&a;</monitorCrossRefID>")
DEEP = f'<MakeCall xmlns="{NS}">' + "<a>" * 40 + "</a>" * 40 + "</MakeCall>"


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[RawClient]:
    client = await RawClient.connect(house.gateway.host, house.gateway.port)
    yield client
    await client.close()


async def served(client: RawClient) -> None:
    """The connection and the session are as good as before."""
    answer = await client.answer_to(client.request("INFO", csta("RequestSystemStatus")))
    assert "<systemStatus>normal</systemStatus>" in answer.body


INVITES = [
    ("", "application/csta+xml", 415, "an INVITE must carry application/csta+xml"),
    (status_request("tel:1001"), "text/plain", 415, "an INVITE must carry application/csta+xml"),
    ("<open", "application/csta+xml", 400, "XML refused: not well formed"),
    (DOCTYPE, "application/csta+xml", 400, "XML refused: doctype"),
    (DEEP, "application/csta+xml", 400, "XML refused: too deep"),
    (csta("Unheard"), "application/csta+xml", 400, "unknown message 'Unheard'"),
    (csta("MonitorStop"), "application/csta+xml", 400, "MonitorStop"),
    (csta("RequestSystemStatus"), "application/csta+xml", 400, "no lcs:line and To names no number"),
    (status_request("tel:9999"), "application/csta+xml", 404, "Address 9999"),
    (status_request("mailto:x"), "application/csta+xml", 404, "not a tel: URI"),
    (status_request("tel:10;x" + "y" * 70_000), "application/csta+xml", 413, "longer than the limit"),
]


@pytest.mark.parametrize(("body", "content", "status", "reason"), INVITES, ids=lambda value: str(value)[:30])
async def test_a_bad_invite(
    house: House, client: RawClient, body: str, content: str, status: int, reason: str
) -> None:
    answer = await client.answer_to(client.request("INVITE", body, content=content))
    assert answer.status == status
    assert reason in answer["reason"]
    assert ("accept" in answer.headers) == (status == 415)
    assert house.node.session_count() == 0
    assert (await client.sign_in()).status == 200
    await served(client)


async def test_content_type_and_its_parameters_are_read_without_regard_to_case(client: RawClient) -> None:
    body = status_request("tel:1001")
    answer = await client.answer_to(
        client.request("INVITE", body, content="Application/CSTA+XML; charset=utf-8")
    )
    assert answer.status == 200


INFOS = [
    ("<open", "application/csta+xml", 400, "not well formed"),
    (DOCTYPE, "application/csta+xml", 400, "doctype"),
    (DEEP, "application/csta+xml", 400, "too deep"),
    ("hello", "text/plain", 415, "application/csta+xml"),
    ("x" * 70_000, "application/csta+xml", 413, "longer than the limit"),
]


@pytest.mark.parametrize(("body", "content", "status", "reason"), INFOS, ids=lambda value: str(value)[:30])
async def test_a_bad_info(client: RawClient, body: str, content: str, status: int, reason: str) -> None:
    await client.sign_in()
    answer = await client.answer_to(client.request("INFO", body, content=content))
    assert answer.status == status
    assert reason in answer["reason"]
    await served(client)


ERRORS = [
    (csta("Unheard"), "<operation>serviceNotSupported</operation>"),
    (csta("IntrudeCall"), "<operation>serviceNotSupported</operation>"),
    (csta("MonitorStop"), "<operation>invalidParameterValue</operation>"),
    (csta("MonitorStopResponse"), "<operation>serviceNotSupported</operation>"),
    (
        csta("MonitorStop", "<monitorCrossRefID>no</monitorCrossRefID>"),
        "<operation>invalidMonitorCrossRefID</operation>",
    ),
    (
        csta("SnapshotDevice", "<snapshotObject>tel:1002</snapshotObject>"),
        "<operation>privilegeViolationSpecifiedDevice</operation>",
    ),
    (
        csta(
            "AnswerCall",
            "<callToBeAnswered><callID>9_9</callID><deviceID>tel:1001</deviceID></callToBeAnswered>",
        ),
        "<operation>invalidCallID</operation>",
    ),
]


@pytest.mark.parametrize(("body", "error"), ERRORS, ids=lambda value: str(value)[:40])
async def test_a_refused_service_is_a_200_with_an_error(client: RawClient, body: str, error: str) -> None:
    await client.sign_in()
    answer = await client.answer_to(client.request("INFO", body))
    assert answer.status == 200
    assert "CSTAErrorCode" in answer.body
    assert error in answer.body
    await served(client)


async def test_an_info_without_body_is_200(client: RawClient) -> None:
    await client.sign_in()
    answer = await client.answer_to(client.request("INFO"))
    assert (answer.status, answer.body) == (200, "")


async def test_an_unknown_info_package_is_469(client: RawClient) -> None:
    await client.sign_in()
    answer = await client.answer_to(client.request("INFO", csta("x"), extra="Info-Package: dtmf"))
    assert answer.status == 469
    assert "recv-info" in answer.headers
    await served(client)


SIP = [
    (b"INFO sip:x@y SIP/2.0\r\nContent-Length: 0\r\n\r\n", 0),
    (b"garbage\r\nContent-Length: 0\r\n\r\n", 0),
    (b"INVITE sip:x@y SIP/3.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKv\r\nContent-Length: 0\r\n\r\n", 505),
    (b"INVITE sip:x@y SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKv\r\nContent-Length: 0\r\n\r\n", 400),
    (
        b"INVITE http://x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKv\r\n"
        b"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: u\r\nCSeq: 1 INVITE\r\n"
        b"Content-Length: 0\r\n\r\n",
        416,
    ),
]


@pytest.mark.parametrize(("message", "status"), SIP, ids=[str(status) for _, status in SIP])
async def test_malformed_sip_does_not_cost_the_connection(
    client: RawClient, message: bytes, status: int
) -> None:
    await client.sign_in()
    if status:
        answer = await client.answer_to(message)
        assert answer.status == status
        assert answer["reason"]
    else:
        client.send(message)
    await served(client)


async def test_where_framing_is_lost_the_answer_comes_and_the_connection_closes(client: RawClient) -> None:
    good = client.request("OPTIONS").replace(b"Content-Length: 0", b"Content-Length: none")
    answer = await client.answer_to(good)
    assert answer.status == 400
    assert await client.reader.read() == b""


async def test_two_clients_with_the_same_dialog_identifiers_are_both_alive(house: House) -> None:
    first = await RawClient.connect(house.gateway.host, house.gateway.port)
    second = await RawClient.connect(house.gateway.host, house.gateway.port)
    second.call_id = first.call_id
    answers: list[Message] = [await first.sign_in(), await second.sign_in()]
    assert [answer.status for answer in answers] == [200, 200]
    assert first.to_tag != second.to_tag
    await served(first)
    await served(second)
    assert house.node.session_count() == 2
    for client in (first, second):
        await client.close()


async def test_a_session_lives_on_when_its_connection_is_gone(house: House) -> None:
    old = await RawClient.connect(house.gateway.host, house.gateway.port)
    await old.sign_in()
    await old.monitor()
    await old.close()
    new = await RawClient.connect(house.gateway.host, house.gateway.port)
    new.call_id, new.to_tag, new.target, new.cseq = old.call_id, old.to_tag, old.target, old.cseq
    new.send(new.request("INFO", new.make_call("1904")))
    messages = [await new.receive() for _ in range(3)]
    assert [message.status or message.method for message in messages] == [200, "INFO", "INFO"]
    await new.close()
