"""Clients and front ends as they were seen: oddities that must not cost a session, the reason in the name."""

from __future__ import annotations

import pytest

from sip import (
    DialogEnded,
    EndReason,
    InfoReceived,
    InviteReceived,
    MessageRefused,
    RefreshReceived,
    Request,
    RequestAnswered,
)
from tests.sip.peers import (
    CONTENT,
    STATUS,
    Node,
    another_branch,
    answer_to,
    capture,
    only,
    with_header,
    with_tag,
)

BARE_INVITE, BARE_ACK = capture("bare_invite"), capture("bare_ack")
BARE_FEATURES, BARE_MONITOR = capture("bare_info_features"), capture("bare_info_monitor_start")


def with_number(message: bytes, number: int) -> bytes:
    method = message.split(b" ", 1)[0]
    return with_header(message, b"CSeq", b"%d %s" % (number, method))


def test_features_and_monitor_start_come_in_one_segment_because_pidgin_does_not_wait() -> None:
    node = Node()
    node.invited(BARE_INVITE, BARE_ACK)
    events = node.receive(BARE_FEATURES, BARE_MONITOR)
    assert [type(event) for event in events] == [InfoReceived, InfoReceived]
    for event in reversed(events):
        assert isinstance(event, InfoReceived)
        node.agent.respond(event.transaction, 200, node.now)
    assert [message.cseq for message in node.sent()] == [(3, b"INFO"), (2, b"INFO")]


def test_monitor_stop_and_bye_come_together_because_pidgin_signs_out_without_waiting() -> None:
    node = Node()
    dialog = node.invited()
    events = node.receive(capture("info_monitor_stop"), capture("bye"))
    assert [type(event) for event in events] == [InfoReceived, DialogEnded]
    assert isinstance(events[0], InfoReceived)
    node.agent.respond(events[0].transaction, 200, node.now)
    assert node.statuses() == [200, 200]
    assert dialog.ended


def test_numbers_begin_anew_at_2_because_pidgin_resets_them_after_each_answer_to_an_invite() -> None:
    node = Node()
    dialog = node.invited(BARE_INVITE, BARE_ACK)
    for _ in range(3):
        for message in (BARE_FEATURES, BARE_MONITOR):
            node.agent.respond(node.informed(message).transaction, 200, node.now)
        refresh = only(RefreshReceived, node.receive(capture("bare_reinvite")))
        node.agent.accept_refresh(refresh.transaction, dialog, node.now, content=CONTENT, body=STATUS)
        assert node.receive(BARE_ACK) == []
    assert node.statuses() == [200] * 9
    assert (node.agent.dialog_count, dialog.unacknowledged) == (1, b"")


def test_an_ack_always_has_number_1_because_pidgin_sends_it_so() -> None:
    node = Node()
    dialog = node.invited(with_number(BARE_INVITE, 5), BARE_ACK)
    assert dialog.confirmed
    node.advance(60.0)
    assert node.sent() == []


def test_a_lower_number_on_a_new_branch_is_refused_because_nothing_of_ours_restarted_it() -> None:
    node = Node()
    node.invited()
    node.agent.respond(node.informed(capture("info_make_call")).transaction, 200, node.now)
    node.sent()
    refused = only(MessageRefused, node.receive(capture("info_features")))
    assert (refused.status, node.statuses()) == (500, [500])
    assert "CSeq is lower than 4" in refused.text


def test_a_via_without_branch_is_echoed_unchanged_and_served_because_clients_leave_it_out() -> None:
    node = Node()
    node.invited(BARE_INVITE, BARE_ACK)
    node.agent.respond(node.informed(BARE_FEATURES).transaction, 200, node.now)
    assert node.sent_response().vias == [b"SIP/2.0/TLS 192.0.2.11:61234;received=192.0.2.5"]


def test_an_equal_request_without_branch_is_served_again_on_tcp_because_it_may_be_another() -> None:
    node = Node()
    node.invited(BARE_INVITE, BARE_ACK)
    for _ in range(2):
        node.agent.respond(node.informed(BARE_FEATURES).transaction, 200, node.now)
    assert node.statuses() == [200, 200]


def test_an_invite_with_another_top_via_is_another_dialog_because_clients_repeat_call_id_tag_and_number() -> (
    None
):
    node = Node()
    first = node.invited()
    second = node.invited(
        another_branch(capture("invite"), b"z9hG4bKfork"), capture("ack").replace(b"gw2", b"gw3")
    )
    assert (first.call_id, first.remote_tag) == (second.call_id, second.remote_tag)
    assert (first.local_tag, second.local_tag, node.agent.dialog_count) == (b"gw2", b"gw3", 2)
    assert node.informed(capture("info_features")).dialog is first
    other = with_tag(another_branch(capture("info_features"), b"z9hG4bKx"), second)
    assert node.informed(other).dialog is second


def test_an_ack_for_a_failed_invite_makes_no_trouble_because_some_send_it_end_to_end() -> None:
    node = Node()
    received = only(InviteReceived, node.receive(BARE_INVITE))
    node.agent.reject(received.transaction, 480, "no CTIManager", node.now)
    assert node.statuses() == [480]
    assert node.receive(BARE_ACK) == []
    assert node.sent() == []


def test_an_event_never_answered_keeps_the_dialog_because_pidgin_answers_none() -> None:
    node = Node()
    dialog = node.invited()
    assert node.agent.request(dialog, b"INFO", node.now, body=b"event", token="event")
    assert [
        (event.response, event.token) for event in node.advance(40.0) if isinstance(event, RequestAnswered)
    ] == [(None, "event")]
    assert not dialog.ended
    assert node.informed(capture("info_features")).dialog is dialog


@pytest.mark.parametrize("status", [408, 400, 404, 480, 500, 503, 603])
def test_a_failed_event_keeps_the_dialog_because_a_front_end_gives_408_for_clients_that_do_not_answer(
    status: int,
) -> None:
    node = Node()
    dialog = node.invited()
    node.agent.request(dialog, b"INFO", node.now, token="event")
    answered = only(RequestAnswered, node.receive(answer_to(node.sent_request(), status)))
    assert answered.response is not None
    assert answered.response.status == status
    assert not dialog.ended


@pytest.mark.parametrize("token", ["event", None])
def test_a_481_to_an_event_ends_the_dialog_because_the_client_has_forgotten_it(token: object) -> None:
    node = Node()
    dialog = node.invited()
    node.agent.request(dialog, b"INFO", node.now, token=token)
    events = node.receive(answer_to(node.sent_request(), 481))
    assert [type(event) for event in events] == ([RequestAnswered] if token else []) + [DialogEnded]
    assert isinstance(events[-1], DialogEnded)
    assert (events[-1].dialog, events[-1].reason) == (dialog, EndReason.PEER_LOST)
    assert (node.sent(), node.agent.dialog_count) == ([], 0)


def test_any_request_uri_is_served_within_a_dialog_because_front_ends_put_their_own_in_front() -> None:
    node = Node()
    dialog = node.invited()
    uri = b"INFO sip:fe.example.com:5061;transport=tls;lr;ms-route-sig=xyz SIP/2.0"
    _, _, rest = capture("info_features").partition(b"\r\n")
    assert node.informed(uri + b"\r\n" + rest).dialog is dialog


def test_our_requests_go_by_a_strict_route_because_some_front_ends_leave_out_lr() -> None:
    node = Node()
    strict = capture("invite").replace(b";lr;", b";")
    dialog = node.invited(strict)
    node.agent.request(dialog, b"INFO", node.now)
    request = node.sent_request()
    assert request.uri.startswith(b"sip:fe.example.com:5060;transport=tcp;ms-role-rs-from;ms-route-sig=")
    assert request.lines(b"route") == [b"<sip:alice@example.com;opaque=user:epid:xyz;gruu>"]


def test_the_route_signature_and_a_gruu_go_back_byte_for_byte_because_front_ends_check_them() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.request(dialog, b"INFO", node.now)
    request = node.sent_request()
    assert request.uri == b"sip:alice@example.com;opaque=user:epid:xyz;gruu"
    assert request.lines(b"route") == [
        b"<sip:fe.example.com:5060;transport=tcp;ms-role-rs-from;lr;ms-route-sig=aaBB/+cc==>"
    ]
    assert request.get(b"to") == b"<sip:alice@example.com>;tag=9708e2;epid=bd23d9"
    assert request.get(b"from") == b"<sip:2001@ctigw.example.com>;tag=gw2"


def test_a_contact_without_host_is_a_target_like_any_other_because_a_gruu_may_have_none() -> None:
    node = Node()
    dialog = node.invited(with_header(capture("invite"), b"Contact", b"<sip:;opaque=user:epid:xyz;gruu>"))
    node.agent.request(dialog, b"INFO", node.now)
    assert node.sent_request().uri == b"sip:;opaque=user:epid:xyz;gruu"


def test_an_invite_without_contact_is_served_by_its_from_because_refusing_helps_nobody() -> None:
    node = Node()
    dialog = node.invited(with_header(capture("invite"), b"Contact", None))
    assert dialog.target == b"sip:alice@example.com"


@pytest.mark.parametrize("spelling", ["compact", "folded"])
def test_compact_and_folded_headers_find_the_dialog_because_both_are_legal(spelling: str) -> None:
    node = Node()
    dialog = node.invited()
    received = node.informed(capture(spelling))
    assert received.dialog is dialog
    node.agent.respond(received.transaction, 200, node.now)
    assert node.statuses() == [200]


def test_a_repeated_make_call_is_answered_from_the_store_because_nobody_dials_twice() -> None:
    node = Node()
    node.invited()
    call = capture("info_make_call")
    node.agent.respond(
        node.informed(call).transaction, 200, node.now, headers=CONTENT, body=b"MakeCallResponse"
    )
    node.advance(31.0)
    other = node.new_flow(port=1835)
    assert node.receive(call, flow=other) == []
    assert node.sent_response(other).body == b"MakeCallResponse"
    assert node.agent.absorbed == 1


def test_the_next_event_takes_the_connection_of_the_last_request_because_front_ends_have_several() -> None:
    node = Node()
    dialog = node.invited()
    other = node.new_flow(port=1835)
    node.agent.respond(node.informed(capture("info_features"), other).transaction, 200, node.now)
    node.sent(other)
    node.agent.request(dialog, b"INFO", node.now)
    assert isinstance(node.sent(other)[0], Request)
    assert node.sent() == []
