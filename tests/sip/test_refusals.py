"""What the endpoint refuses by itself: the status, its headers, and what the application hears of it."""

from __future__ import annotations

import pytest

from sip import (
    Fault,
    Frame,
    InfoReceived,
    InviteReceived,
    MessageRefused,
    OptionsReceived,
    Settings,
    Transport,
)
from sip.timers import TRANSACTION_TIMEOUT
from tests.sip.peers import Node, another_branch, capture, only, with_header

INVITE, INFO, BYE = capture("invite"), capture("info_features"), capture("bye")


@pytest.mark.parametrize(
    ("message", "status", "header", "value"),
    [
        (
            INVITE.replace(b"INVITE", b"REFER"),
            405,
            b"allow",
            b"INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS",
        ),
        (
            INVITE.replace(b"INVITE", b"FETCH"),
            501,
            b"allow",
            b"INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS",
        ),
        (with_header(INVITE, b"Require", b"100rel"), 420, b"unsupported", b"100rel"),
        (INVITE.replace(b" sip:2001@", b" h323:2001@", 1), 416, b"reason", b"SIP;cause=416"),
        (INVITE.replace(b"SIP/2.0", b"SIP/3.0", 1), 505, b"reason", b"SIP;cause=505"),
        (with_header(INVITE, b"CSeq", b"1 INFO"), 400, b"reason", b"SIP;cause=400"),
        (INFO, 481, b"reason", b"SIP;cause=481"),
        (BYE, 481, b"reason", b"SIP;cause=481"),
        (capture("update"), 481, b"reason", b"SIP;cause=481"),
        (capture("cancel"), 481, b"reason", b"SIP;cause=481"),
        (
            INVITE.replace(b"To: <sip:2001@ctigw.example.com>", b"To: <sip:2001@x>;tag=gone"),
            481,
            b"reason",
            b"SIP",
        ),
        (INFO.replace(b";tag=gw2", b""), 481, b"reason", b"SIP;cause=481"),
        (with_header(INVITE, b"Session-Expires", b"60"), 422, b"min-se", b"90"),
    ],
)
def test_what_is_refused_says_why(message: bytes, status: int, header: bytes, value: bytes) -> None:
    node = Node()
    events = node.receive(message)
    if isinstance(events[0], InviteReceived):
        assert node.agent.accept(events[0].transaction, node.now) is None
        events = node.agent.take_events()
    refused = only(MessageRefused, events)
    response = node.sent_response()
    assert (refused.status, response.status, refused.flow) == (status, status, node.flow)
    assert response.get(header).startswith(value)
    assert b";tag=" in response.get(b"to")
    assert node.agent.dialog_count == 0


@pytest.mark.parametrize(
    "wrong",
    [
        INFO.replace(b";tag=gw2", b";tag=gw9"),
        INFO.replace(b";tag=9708e2", b";tag=other"),
        with_header(INFO, b"Call-ID", b"other"),
    ],
    ids=["our tag", "its tag", "Call-ID"],
)
def test_a_request_for_a_dialog_must_name_it_in_full(wrong: bytes) -> None:
    node = Node()
    node.invited()
    assert only(MessageRefused, node.receive(wrong)).status == 481


def test_a_from_written_another_way_names_the_same_dialog() -> None:
    node = Node()
    dialog = node.invited()
    other = with_header(INFO, b"From", b'"Alice A." <sip:alice@example.com>;epid=bd23d9;tag=9708e2')
    assert node.informed(other).dialog is dialog


def test_after_a_bye_everything_is_481() -> None:
    node = Node()
    node.invited()
    node.receive(BYE)
    node.receive(
        another_branch(with_header(INFO, b"CSeq", b"9 INFO"), b"z9hG4bKz"), another_branch(BYE, b"z9hG4bKy")
    )
    assert node.statuses() == [200, 481, 481]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (with_header(capture("ack"), b"CSeq", b"1 INFO"), 0),
        (with_header(INVITE, b"Via", None), 0),
        (b"hello\r\nContent-Length: 0\r\n\r\n", 0),
        (b"SIP/2.0 OK\r\nContent-Length: 0\r\n\r\n", 0),
    ],
    ids=["ACK", "no Via", "no SIP", "broken status line"],
)
def test_what_cannot_be_answered_is_counted_and_dropped(message: bytes, status: int) -> None:
    node = Node()
    assert only(MessageRefused, node.receive(message)).status == status
    assert node.sent() == []


@pytest.mark.parametrize("fault", Fault)
def test_a_message_that_was_cut_with_a_fault_gets_its_answer(fault: Fault) -> None:
    node = Node()
    head = INFO.partition(b"\r\n\r\n")[0]
    refused = only(MessageRefused, node.agent.receive(node.flow, Frame(head, b"", fault), node.now))
    assert (refused.status, refused.text) == (fault.status, fault.text)
    assert node.statuses() == [fault.status]


def test_a_response_cut_with_a_fault_is_taken_for_what_it_is() -> None:
    node = Node()
    head = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x;branch=y\r\nCSeq: 1 INFO"
    assert node.agent.receive(node.flow, Frame(head, b"", Fault.BODY_TOO_LARGE), node.now) == []


@pytest.mark.parametrize(
    "stray",
    [
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKnobody\r\nCSeq: 1 INFO\r\nl: 0\r\n\r\n",
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKnobody\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n",
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x\r\nCSeq: 1 INFO\r\nl: 0\r\n\r\n",
        b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n",
    ],
)
def test_strays_and_incomplete_responses_are_dropped(stray: bytes) -> None:
    node = Node()
    assert node.receive(stray) == []
    assert node.sent() == []


# --- bounds -------------------------------------------------------------------------------------------------


def test_too_many_dialogs_are_refused_for_a_while() -> None:
    node = Node(Settings(max_dialogs=1))
    node.invited()
    refused = only(MessageRefused, node.receive(another_branch(INVITE, b"z9hG4bKnext")))
    response = node.sent_response()
    assert (refused.status, response.status, response.get(b"retry-after")) == (480, 480, b"30")


@pytest.mark.parametrize(
    "settings", [Settings(unanswered_per_flow=2), Settings(unanswered_in_all=2)], ids=["per flow", "in all"]
)
def test_too_many_requests_without_answer_are_refused_at_once_but_bye_and_update_are_served(
    settings: Settings,
) -> None:
    node = Node(settings)
    node.invited()
    first = node.informed(INFO)
    second = node.informed(capture("info_monitor_start"))
    node.receive(capture("info_make_call"), another_branch(INVITE, b"z9hG4bKnext"), capture("update"))
    assert node.statuses() == [500, 480, 200]
    assert node.agent.unanswered == 2
    node.agent.respond(first.transaction, 200, node.now)
    node.agent.respond(second.transaction, 200, node.now)
    assert node.agent.unanswered == 0
    node.sent()
    assert isinstance(
        node.receive(with_header(capture("info_monitor_stop"), b"CSeq", b"6 INFO"))[0], InfoReceived
    )


def test_the_bound_of_one_connection_does_not_touch_another() -> None:
    node = Node(Settings(unanswered_per_flow=1))
    node.receive(capture("options"))
    other = node.new_flow(port=1835)
    only(OptionsReceived, node.receive(another_branch(capture("options"), b"z9hG4bKq"), flow=other))
    assert node.statuses(other) == []


def test_a_request_that_the_application_never_answers_gets_a_500_in_the_end() -> None:
    node = Node()
    node.invited()
    node.informed(INFO)
    events = node.advance(TRANSACTION_TIMEOUT)
    assert only(MessageRefused, events).status == 500
    assert node.statuses() == [500]
    assert node.agent.unanswered == 0


def test_an_answer_for_a_flow_that_is_gone_goes_nowhere_and_does_no_harm() -> None:
    node = Node()
    node.invited()
    received = node.informed(INFO)
    assert node.agent.flow_lost(node.flow, node.now) == []
    node.agent.respond(received.transaction, 200, node.now)
    assert (node.sent(), node.agent.take_dials()) == ([], [])


def test_requests_of_ours_are_refused_when_too_many_wait_but_a_bye_still_leaves() -> None:
    node = Node(Settings(waiting=1))
    dialog = node.invited()
    assert node.agent.request(dialog, b"INFO", node.now)
    assert not node.agent.request(dialog, b"INFO", node.now)
    node.agent.bye(dialog, node.now)
    assert [getattr(message, "method", b"") for message in node.sent()] == [b"INFO", b"BYE"]
    assert node.agent.transaction_counts[1] == 1


def test_on_udp_a_refusal_of_an_invite_is_repeated_until_its_ack() -> None:
    node = Node(transport=Transport.UDP)
    received = only(InviteReceived, node.receive(INVITE))
    node.agent.reject(received.transaction, 480, "later", node.now)
    node.advance(1.5)
    assert node.statuses() == [480, 480, 480]
    ack = with_header(INVITE.replace(b"INVITE", b"ACK"), b"To", b"<sip:2001@ctigw.example.com>;tag=gw2")
    assert node.receive(ack) == []
    node.advance(60.0)
    assert node.sent() == []


def test_on_udp_a_refusal_that_nobody_acknowledges_is_given_up() -> None:
    node = Node(transport=Transport.UDP)
    received = only(InviteReceived, node.receive(INVITE))
    node.agent.reject(received.transaction, 480, "later", node.now)
    node.advance(100.0)
    assert len(node.sent()) == 11
    assert node.agent.next_deadline() is None
