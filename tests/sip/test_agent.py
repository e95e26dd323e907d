"""Two agents joined in memory: whole conversations, in one piece and byte by byte."""

import pytest

from sip import (
    DialogEnded,
    EndReason,
    InfoReceived,
    InviteAnswered,
    InviteReceived,
    MessageRefused,
    OptionsReceived,
    RefreshReceived,
    RequestAnswered,
)
from tests.sip.peers import CONTENT, STATUS, Joined, Node, capture, only


@pytest.fixture(params=[0, 1, 7], ids=["whole", "byte by byte", "by sevens"])
def joined(request: pytest.FixtureRequest) -> Joined:
    return Joined(cut=request.param)


def test_a_session_from_sign_in_to_sign_out(joined: Joined) -> None:
    client, gateway = joined.open()
    assert gateway.confirmed
    assert client.confirmed
    assert (client.call_id, client.remote_tag, gateway.remote_tag) == (
        gateway.call_id,
        gateway.local_tag,
        client.local_tag,
    )
    for number in range(3):
        joined.client.request(
            client, b"INFO", joined.now, headers=CONTENT, body=b"ask %d" % number, token=number
        )
        joined.run()
        received = joined.take(InfoReceived)
        assert (received.dialog, received.transaction.request.body) == (gateway, b"ask %d" % number)
        joined.gateway.respond(
            received.transaction, 200, joined.now, headers=CONTENT, body=b"told %d" % number
        )
        joined.run()
        answered = joined.take(RequestAnswered, gateway=False)
        assert answered.response is not None
        assert (answered.token, answered.response.status, answered.response.body) == (
            number,
            200,
            b"told %d" % number,
        )
    joined.client.bye(client, joined.now, status=200, text="signed out")
    joined.run()
    ended = joined.take(DialogEnded)
    assert (ended.dialog, ended.reason) == (gateway, EndReason.BYE)
    assert (joined.client.dialog_count, joined.gateway.dialog_count) == (0, 0)
    assert joined.client_events == []


def test_the_200_to_the_invite_says_what_a_client_needs(joined: Joined) -> None:
    joined.client.invite(joined.client_flow, joined.invitation(), "sign-in", joined.now)
    joined.run()
    received = joined.take(InviteReceived)
    joined.gateway.accept(received.transaction, joined.now, content=CONTENT, body=STATUS)
    joined.run()
    answered = joined.take(InviteAnswered, gateway=False)
    response = answered.response
    assert answered.token == "sign-in"
    assert response is not None
    assert response.body == STATUS
    assert response.get(b"contact") == b"<sip:2001@192.0.2.21:5060;transport=tcp>"
    assert response.get(b"allow") == b"INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS"
    assert response.get(b"supported") == b"timer"
    assert response.get(b"require") == b"timer"
    assert response.get(b"session-expires") == b"1800;refresher=uac"
    assert response.get(b"content-type") == b"application/csta+xml"
    assert response.get(b"server") == b"cstagw"


def test_events_are_pipelined_and_keep_their_order(joined: Joined) -> None:
    _, gateway = joined.open()
    for number in range(20):
        assert joined.gateway.request(gateway, b"INFO", joined.now, headers=CONTENT, body=b"%d" % number)
    joined.run()
    received = [event for event in joined.client_events if isinstance(event, InfoReceived)]
    assert [event.transaction.request.body for event in received] == [b"%d" % number for number in range(20)]
    for event in received:
        joined.client.respond(event.transaction, 200, joined.now)
    joined.run()
    assert joined.gateway_events == []
    assert joined.gateway.transaction_counts == (1, 0)


def test_the_answer_to_a_request_leaves_before_the_event_that_follows_it(joined: Joined) -> None:
    client, gateway = joined.open()
    joined.client.request(client, b"INFO", joined.now, headers=CONTENT, body=b"MakeCall", token="call")
    joined.run()
    received = joined.take(InfoReceived)
    joined.gateway.respond(received.transaction, 200, joined.now, headers=CONTENT, body=b"MakeCallResponse")
    joined.gateway.request(gateway, b"INFO", joined.now, headers=CONTENT, body=b"OriginatedEvent")
    joined.run()
    assert [type(event) for event in joined.client_events] == [RequestAnswered, InfoReceived]


def test_a_refused_sign_in_is_acknowledged_and_leaves_nothing(joined: Joined) -> None:
    joined.client.invite(joined.client_flow, joined.invitation(), "sign-in", joined.now)
    joined.run()
    received = joined.take(InviteReceived)
    retry = b"Retry-After: 5\r\n"
    joined.gateway.reject(received.transaction, 480, 'no "CTIManager"', joined.now, headers=retry)
    joined.run()
    answered = joined.take(InviteAnswered, gateway=False)
    assert answered.dialog is None
    assert answered.response is not None
    assert answered.response.status == 480
    assert answered.response.get(b"reason") == b"SIP;cause=480;text=\"no 'CTIManager'\""
    assert answered.response.get(b"retry-after") == b"5"
    assert (joined.gateway.dialog_count, joined.client.dialog_count) == (0, 0)
    assert joined.gateway_events == []
    joined.advance(100.0)
    assert joined.gateway.transaction_counts == (0, 0)


def test_a_refresh_by_invite_with_a_body(joined: Joined) -> None:
    client, gateway = joined.open()
    joined.client.request(
        client, b"INVITE", joined.now, headers=CONTENT, body=b"<RequestSystemStatus/>", token="again"
    )
    joined.run()
    received = joined.take(RefreshReceived)
    assert received.dialog is gateway
    joined.gateway.accept_refresh(received.transaction, gateway, joined.now, content=CONTENT, body=STATUS)
    joined.run()
    answered = joined.take(RequestAnswered, gateway=False)
    assert answered.response is not None
    assert answered.response.body == STATUS
    assert not gateway.unacknowledged
    assert joined.gateway.dialog_count == 1


def test_a_refresh_that_is_refused_leaves_the_dialog_and_is_acknowledged(joined: Joined) -> None:
    client, gateway = joined.open()
    for _ in range(2):
        joined.client.request(client, b"INVITE", joined.now, token="again")
        joined.run()
        received = joined.take(RefreshReceived)
        joined.gateway.reject(received.transaction, 415, "no body", joined.now)
        joined.run()
        answered = joined.take(RequestAnswered, gateway=False)
        assert answered.response is not None
        assert answered.response.status == 415
    assert joined.gateway_events == []
    assert not gateway.ended


def test_options_are_answered_in_and_outside_a_dialog(joined: Joined) -> None:
    client, _ = joined.open()
    joined.client.request(client, b"OPTIONS", joined.now, token="alive?")
    joined.run()
    received = joined.take(OptionsReceived)
    joined.gateway.respond(received.transaction, 200, joined.now, headers=b"Accept: application/csta+xml\r\n")
    joined.run()
    answered = joined.take(RequestAnswered, gateway=False)
    assert answered.response is not None
    assert answered.response.get(b"accept") == b"application/csta+xml"
    node = Node()
    outside = only(OptionsReceived, node.receive(capture("options")))
    node.agent.respond(outside.transaction, 200, node.now)
    response = node.sent_response()
    assert (response.status, response.vias) == (
        200,
        [b"SIP/2.0/TCP fe.example.com:1834;branch=z9hG4bKprobe1;rport=1834;received=192.0.2.5"],
    )
    assert b";tag=" in response.get(b"to")


def test_a_bye_of_ours_ends_the_session_at_the_client(joined: Joined) -> None:
    client, gateway = joined.open()
    joined.gateway.bye(gateway, joined.now, status=480, text="CTIManager ctim1 lost")
    joined.gateway.bye(gateway, joined.now)
    joined.run()
    ended = joined.take(DialogEnded, gateway=False)
    assert (ended.dialog, ended.reason) == (client, EndReason.BYE)
    assert joined.gateway_events == []
    assert joined.gateway.request(gateway, b"INFO", joined.now) is False


def test_a_bye_sent_as_a_request_ends_the_dialog_and_tells_its_answer(joined: Joined) -> None:
    client, _ = joined.open()
    assert joined.client.request(client, b"BYE", joined.now, token="bye")
    assert client.ended
    joined.run()
    answered = joined.take(RequestAnswered, gateway=False)
    assert answered.response is not None
    assert answered.response.status == 200
    assert joined.client.dialog_count == 0


def test_byes_that_cross_are_both_answered(joined: Joined) -> None:
    client, gateway = joined.open()
    joined.client.bye(client, joined.now)
    joined.gateway.bye(gateway, joined.now)
    joined.run()
    assert joined.client.transaction_counts[1] == 0
    assert joined.gateway.transaction_counts[1] == 0
    assert {type(event) for event in joined.client_events + joined.gateway_events} == {MessageRefused}


def test_two_dialogs_of_one_pair_are_kept_apart(joined: Joined) -> None:
    first, second = joined.open(), joined.open()
    assert first[1].local_tag != second[1].local_tag
    joined.client.bye(first[0], joined.now)
    joined.run()
    assert joined.take(DialogEnded).dialog is first[1]
    joined.client.request(second[0], b"INFO", joined.now)
    joined.run()
    assert joined.take(InfoReceived).dialog is second[1]


def test_a_session_leaves_nothing_behind(joined: Joined) -> None:
    for _ in range(20):
        client, _ = joined.open()
        joined.client.bye(client, joined.now)
        joined.run()
        joined.gateway_events.clear()
    joined.advance(40.0)
    for agent in (joined.client, joined.gateway):
        assert agent.transaction_counts == (0, 0)
        assert agent.next_deadline() is None
        assert repr(agent) == "<Agent dialogs=0 server_transactions=0 client_transactions=0 deadlines=0>"


def test_a_keep_alive_is_answered_with_one_line_end() -> None:
    node = Node()
    assert node.receive(b"\r\n\r\n") == []
    assert node.agent.take_dirty() == [node.flow]
    assert node.flow.out == [b"\r\n"]
