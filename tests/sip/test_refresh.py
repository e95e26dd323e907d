"""Session timers at work: who refreshes, how, and what becomes of a session that nobody refreshes."""

from __future__ import annotations

import pytest

from sip import (
    Dialog,
    DialogEnded,
    EndReason,
    Event,
    MessageRefused,
    RefreshReceived,
    Request,
    RequestAnswered,
    Response,
    Settings,
)
from sip.session_timer import SessionTimer
from tests.sip.peers import (
    CONTENT,
    STATUS,
    Joined,
    Node,
    another_branch,
    answer_to,
    capture,
    only,
    with_header,
    without_body,
)

UPDATE, UPDATE_SE = capture("update"), capture("update_session_expires")
NO_TIMER = with_header(capture("invite"), b"Supported", None)
REINVITE = with_header(another_branch(capture("invite"), b"z9hG4bKre"), b"CSeq", b"5 INVITE").replace(
    b"To: <sip:2001@ctigw.example.com>", b"To: <sip:2001@ctigw.example.com>;tag=gw2"
)


def numbered(message: bytes, number: int) -> bytes:
    method = message.split(b" ", 1)[0]
    fresh = another_branch(message, b"z9hG4bKn%d" % number)
    return with_header(fresh, b"CSeq", b"%d %s" % (number, method))


def ended(events: list[Event], dialog: Dialog) -> EndReason:
    event = only(DialogEnded, events)
    assert event.dialog is dialog
    assert dialog.ended
    return event.reason


# --- the peer refreshes -------------------------------------------------------------------------------------


def test_a_session_that_is_never_refreshed_ends_with_a_bye_before_its_interval_does() -> None:
    node = Node()
    dialog = node.invited()
    assert node.advance(1767.0) == []
    assert ended(node.advance(2.0), dialog) is EndReason.TIMER
    bye = node.sent_request()
    assert (bye.method, bye.get(b"reason")) == (
        b"BYE",
        b'SIP;cause=408;text="no session refresh within the session interval"',
    )


@pytest.mark.parametrize("update", [UPDATE, UPDATE_SE], ids=["bare", "with Session-Expires"])
def test_an_update_every_25_minutes_keeps_the_session_because_communicator_2007_r2_does_so(
    update: bytes,
) -> None:
    node = Node()
    dialog = node.invited()
    for number in range(10, 34):
        assert node.advance(1500.0) == []
        assert node.receive(numbered(update, number)) == []
        response = node.sent_response()
        assert (response.status, response.get(b"session-expires")) == (200, b"1800;refresher=uac")
        assert response.get(b"contact") == b"<sip:2001@gw1.example.com:5060;transport=tcp>"
    assert ended(node.advance(1768.0), dialog) is EndReason.TIMER


@pytest.mark.parametrize("refresh", [REINVITE, without_body(REINVITE)], ids=["with body", "without body"])
def test_an_invite_every_10_minutes_keeps_the_session_because_older_clients_do_so(refresh: bytes) -> None:
    node = Node()
    dialog = node.invited()
    for number in range(10, 20):
        node.advance(600.0)
        received = only(RefreshReceived, node.receive(numbered(refresh, number)))
        body = STATUS if received.transaction.request.body else b""
        node.agent.accept_refresh(received.transaction, dialog, node.now, content=CONTENT, body=body)
        response = node.sent_response()
        assert (response.status, response.body, response.get(b"require")) == (200, body, b"timer")
        assert (response.get(b"content-type") != b"") is bool(body)
        node.receive(numbered(capture("ack"), number))
    assert ended(node.advance(1768.0), dialog) is EndReason.TIMER


def test_a_refresh_that_is_refused_is_none() -> None:
    node = Node()
    dialog = node.invited()
    node.advance(1000.0)
    received = only(RefreshReceived, node.receive(REINVITE))
    node.agent.reject(received.transaction, 415, "what?", node.now)
    assert ended(node.advance(768.0), dialog) is EndReason.TIMER


def test_an_event_of_ours_is_no_refresh() -> None:
    node = Node()
    dialog = node.invited()
    node.advance(1700.0)
    node.agent.request(dialog, b"INFO", node.now)
    node.receive(answer_to(node.sent_request(), 200))
    assert ended(node.advance(70.0), dialog) is EndReason.TIMER


def test_a_refresh_with_another_interval_is_watched_by_it() -> None:
    node = Node()
    dialog = node.invited()
    node.receive(with_header(UPDATE, b"Session-Expires", b"300"))
    assert node.sent_response().get(b"session-expires") == b"300;refresher=uac"
    assert ended(node.advance(269.0), dialog) is EndReason.TIMER


@pytest.mark.parametrize("message", [UPDATE, REINVITE], ids=["UPDATE", "INVITE"])
def test_an_interval_below_ours_is_422_and_leaves_the_session_as_it_was(message: bytes) -> None:
    node = Node(Settings(min_se=600))
    dialog = node.invited()
    events = node.receive(
        with_header(with_header(message, b"Session-Expires", b"120"), b"Contact", b"<sip:elsewhere>")
    )
    if isinstance(events[0], RefreshReceived):
        node.agent.accept_refresh(events[0].transaction, dialog, node.now)
        events = node.agent.take_events()
    assert only(MessageRefused, events).status == 422
    response = node.sent_response()
    assert (response.status, response.get(b"min-se")) == (422, b"600")
    assert (dialog.timer, dialog.target) == (
        SessionTimer(1800, False, True),
        b"sip:alice@example.com;opaque=user:epid:xyz;gruu",
    )


def test_a_refresh_moves_the_target_of_our_requests() -> None:
    node = Node()
    dialog = node.invited()
    node.receive(with_header(UPDATE, b"Contact", b"<sip:alice@192.0.2.99>"))
    node.sent()
    node.agent.request(dialog, b"INFO", node.now)
    assert node.sent_request().uri == b"sip:alice@192.0.2.99"


# --- we refresh ---------------------------------------------------------------------------------------------


def test_a_peer_without_timer_is_not_asked_for_it_and_refreshed_by_our_update_at_half_time() -> None:
    node = Node()
    received = node.receive(NO_TIMER)
    dialog = accepted(node, received)
    response = node.sent_response()
    assert (response.get(b"require"), response.get(b"session-expires")) == (b"", b"1800;refresher=uas")
    node.receive(capture("ack"))
    for _ in range(5):
        assert node.advance(899.0) == []
        assert node.sent() == []
        node.advance(1.0)
        update = node.sent_request()
        assert (update.method, update.get(b"session-expires")) == (b"UPDATE", b"1800;refresher=uac")
        assert update.get(b"supported") == b"timer"
        node.receive(answer_to(update, 200))
    assert not dialog.ended


def accepted(node: Node, events: list[Event]) -> Dialog:
    transaction = getattr(events[0], "transaction", None)
    assert transaction is not None
    dialog = node.agent.accept(transaction, node.now)
    assert dialog is not None
    return dialog


@pytest.mark.parametrize("status", [200, 405, 500, 501, 491])
def test_any_answer_to_our_update_but_408_and_481_shows_that_the_peer_is_there(status: int) -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    node.advance(900.0)
    node.receive(answer_to(node.sent_request(), status))
    assert node.advance(899.0) == []
    node.advance(1.0)
    assert node.sent_request().method == b"UPDATE"
    assert not dialog.ended


@pytest.mark.parametrize(("status", "goodbye"), [(481, []), (408, [b"BYE"])])
def test_a_481_or_408_to_our_update_ends_the_session(status: int, goodbye: list[bytes]) -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    node.advance(900.0)
    assert ended(node.receive(answer_to(node.sent_request(), status)), dialog) is EndReason.PEER_LOST
    assert [message.method for message in node.sent() if isinstance(message, Request)] == goodbye


def test_no_answer_to_our_update_ends_the_session() -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    assert ended(node.advance(932.0), dialog) is EndReason.PEER_LOST
    assert [message.method for message in node.sent() if isinstance(message, Request)] == [b"UPDATE", b"BYE"]


def test_an_update_lost_with_its_flow_is_sent_again_on_another_and_the_session_lives() -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    node.advance(900.0)
    assert node.sent_request().method == b"UPDATE"
    assert node.agent.flow_lost(node.flow, node.now) == []
    node.advance(33.0)
    [(target, flow)] = node.agent.take_dials()
    assert target.host == "fe.example.com"
    node.receive(answer_to(node.sent_request(flow), 200), flow=flow)
    assert node.advance(800.0) == []
    assert not dialog.ended


def test_updates_that_reach_nobody_end_the_session_when_its_interval_does() -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    node.agent.flow_lost(node.flow, node.now)
    events: list[Event] = []
    tries = 0
    for _ in range(1768):
        events += node.advance(1.0)
        for _, flow in node.agent.take_dials():
            tries += 1
            events += node.agent.flow_lost(flow, node.now)
    assert ended(events, dialog) is EndReason.PEER_LOST
    assert 20 < tries < 40


def test_a_peer_that_wants_us_to_refresh_gets_our_update() -> None:
    joined = Joined()
    joined.open(b"Session-Expires: 1800;refresher=uas\r\n")
    joined.advance(10_000.0)
    assert joined.gateway_events == []
    assert joined.client_events == []
    assert joined.gateway.dialog_count == 1


def test_a_client_that_is_the_refresher_refreshes_by_itself() -> None:
    joined = Joined(expires=600)
    client, gateway = joined.open()
    assert client.timer == SessionTimer(600, True, True)
    assert gateway.timer == SessionTimer(600, False, True)
    joined.advance(10_000.0)
    assert joined.gateway_events == []
    assert joined.gateway.dialog_count == 1


def test_the_answer_to_our_update_may_change_interval_and_refresher() -> None:
    node = Node()
    dialog = node.invited(NO_TIMER)
    node.advance(900.0)
    node.receive(answer_to(node.sent_request(), 200, b"Session-Expires: 600;refresher=uas\r\n"))
    assert dialog.timer == SessionTimer(600, False, True)
    assert ended(node.advance(568.0), dialog) is EndReason.TIMER


def test_a_refresh_sent_by_the_application_counts_as_one() -> None:
    joined = Joined(expires=600)
    client, _ = joined.open()
    for _ in range(5):
        joined.advance(290.0)
        joined.client.request(client, b"UPDATE", joined.now, headers=b"Supported: timer\r\n", token="mine")
        joined.run()
        answered = joined.take(RequestAnswered, gateway=False)
        assert isinstance(answered.response, Response)
        assert answered.response.status == 200
    assert joined.client.transaction_counts == (0, 0)
    assert client.local_cseq == 6


# --- deadlines ----------------------------------------------------------------------------------------------


def test_sessions_that_refresh_for_a_day_do_not_pile_up_deadlines() -> None:
    node = Node()
    node.invited()
    node.advance(10.0)
    for number in range(10, 70):
        interval = 1800 if number % 2 else 1700
        node.receive(numbered(with_header(UPDATE, b"Session-Expires", b"%d" % interval), number))
        node.advance(0.1)
    node.sent()
    node.advance(40.0)
    assert len(node.agent._core.deadlines) == 1
    node.advance(1500.0)
    assert len(node.agent._core.deadlines) == 1


def test_a_dialog_that_has_ended_leaves_no_deadline() -> None:
    node = Node()
    for number in range(50):
        invite = another_branch(capture("invite"), b"z9hG4bKd%d" % number)
        tag = b";tag=gw%d" % (number + 2)
        dialog = node.invited(invite, capture("ack").replace(b";tag=gw2", tag))
        node.receive(another_branch(capture("bye"), b"z9hG4bKb%d" % number).replace(b";tag=gw2", tag))
        assert dialog.ended
    node.advance(40.0)
    assert node.agent.next_deadline() is None
