"""INVITE and what belongs to it: 100, the 2xx until its ACK, CANCEL, one INVITE at a time."""

from __future__ import annotations

import pytest

from sip import (
    DialogEnded,
    EndReason,
    InviteAnswered,
    InviteCancelled,
    InviteReceived,
    MessageRefused,
    RefreshReceived,
    RequestAnswered,
    Response,
    Transport,
)
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
)

INVITE, ACK, CANCEL = capture("invite"), capture("ack"), capture("cancel")
REINVITE = with_header(another_branch(ACK.replace(b"ACK", b"INVITE"), b"z9hG4bKre"), b"CSeq", b"5 INVITE")


def received_by(node: Node, message: bytes = INVITE) -> InviteReceived:
    return only(InviteReceived, node.receive(message))


# --- 100 ----------------------------------------------------------------------------------------------------


def test_an_invite_without_answer_gets_a_100_after_a_while() -> None:
    node = Node()
    received = received_by(node)
    node.advance(0.19)
    assert node.sent() == []
    node.advance(0.02)
    response = node.sent_response()
    assert (response.status, response.get(b"to")) == (100, b"<sip:2001@ctigw.example.com>")
    assert node.receive(INVITE) == []
    assert node.statuses() == [100]
    node.agent.accept(received.transaction, node.now)
    assert node.statuses() == [200]


def test_an_invite_answered_at_once_gets_no_100() -> None:
    node = Node()
    node.agent.reject(received_by(node).transaction, 480, "no", node.now)
    node.advance(1.0)
    assert node.statuses() == [480]


# --- the 2xx and its ACK ------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", Transport)
def test_a_200_is_repeated_until_its_ack_on_any_transport(transport: Transport) -> None:
    node = Node(transport=transport)
    dialog = node.agent.accept(received_by(node).transaction, node.now, body=STATUS)
    assert dialog is not None
    node.advance(3.5)
    assert node.statuses() == [200, 200, 200, 200]
    before = dialog.confirmed
    node.receive(ACK)
    assert (before, dialog.confirmed) == (False, True)
    node.advance(60.0)
    assert node.sent() == []


def test_a_lost_ack_ends_the_dialog_with_a_bye() -> None:
    node = Node()
    dialog = node.agent.accept(received_by(node).transaction, node.now)
    ended = only(DialogEnded, node.advance(32.0))
    assert (ended.dialog, ended.reason) == (dialog, EndReason.NO_ACK)
    *repeats, bye = node.sent()
    assert [one.status for one in repeats if isinstance(one, Response)] == [200] * 11
    assert bye.get(b"reason").startswith(b"SIP;cause=408")
    assert bye.cseq == (1, b"BYE")


def test_a_repeated_200_gets_its_ack_again() -> None:
    joined = Joined()
    client, _ = joined.open()
    answer = next(iter(joined.gateway._answers.transactions._kept.values())).response
    joined.gateway_flow.out.append(answer)
    joined.run()
    assert joined.client_events == []
    assert joined.gateway_events == []
    assert not client.ended


def test_an_ack_that_is_lost_is_sent_again_when_the_200_is_repeated() -> None:
    joined = Joined()
    joined.client.invite(joined.client_flow, joined.invitation(), "x", joined.now)
    joined.run()
    dialog = joined.gateway.accept(joined.take(InviteReceived).transaction, joined.now)
    assert dialog is not None
    for frame in joined._to_client.receive_data(b"".join(joined.gateway_flow.out)):
        joined.client.receive(joined.client_flow, frame, joined.now)
    joined.gateway_flow.out.clear()
    joined.client_flow.out.clear()
    joined.advance(1.0)
    assert dialog.confirmed


def test_a_refresh_that_is_not_acknowledged_ends_the_dialog() -> None:
    node = Node()
    dialog = node.invited()
    refresh = only(RefreshReceived, node.receive(REINVITE))
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    ended = only(DialogEnded, node.advance(32.0))
    assert (ended.dialog, ended.reason) == (dialog, EndReason.NO_ACK)


def test_an_invite_that_is_repeated_gets_its_200_again_and_is_no_other_dialog() -> None:
    node = Node()
    node.agent.accept(received_by(node).transaction, node.now, content=CONTENT, body=STATUS)
    first = node.sent_response()
    assert node.receive(INVITE) == []
    again = node.sent_response()
    assert (again.get(b"to"), again.body) == (first.get(b"to"), STATUS)
    assert node.agent.dialog_count == 1


# --- CANCEL -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("invite", ["invite", "bare_invite"])
def test_a_cancel_before_the_answer_gets_200_and_the_invite_487_with_the_same_tag(invite: str) -> None:
    node = Node()
    received = received_by(node, capture(invite))
    cancel = without_contact(capture(invite)).replace(b"INVITE", b"CANCEL")
    assert only(InviteCancelled, node.receive(cancel)).transaction is received.transaction
    first, second = node.sent()
    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert (first.status, first.cseq, second.status, second.cseq) == (
        200,
        (1, b"CANCEL"),
        487,
        (1, b"INVITE"),
    )
    assert first.get(b"to") == second.get(b"to")
    assert node.agent.accept(received.transaction, node.now) is None
    assert (node.sent(), node.agent.dialog_count) == ([], 0)


def without_contact(message: bytes) -> bytes:
    return with_header(message, b"Contact", None)


def test_a_cancel_after_the_200_changes_nothing() -> None:
    node = Node()
    dialog = node.agent.accept(received_by(node).transaction, node.now)
    assert dialog is not None
    assert node.receive(CANCEL) == []
    assert node.statuses() == [200, 200]
    node.receive(ACK)
    assert (dialog.ended, dialog.confirmed) == (False, True)


def test_a_cancel_for_nothing_is_481() -> None:
    node = Node()
    assert only(MessageRefused, node.receive(CANCEL)).status == 481
    assert node.statuses() == [481]


def test_a_cancelled_refresh_leaves_the_dialog_open_for_the_next() -> None:
    node = Node()
    dialog = node.invited()
    only(RefreshReceived, node.receive(REINVITE))
    only(InviteCancelled, node.receive(REINVITE.replace(b"INVITE", b"CANCEL")))
    assert node.statuses() == [200, 487]
    again = with_header(another_branch(REINVITE, b"z9hG4bKre2"), b"CSeq", b"6 INVITE")
    refresh = only(RefreshReceived, node.receive(again))
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    assert node.statuses() == [200]


# --- one at a time ------------------------------------------------------------------------------------------


def test_an_invite_before_the_last_one_is_answered_is_refused_for_a_moment() -> None:
    node = Node()
    dialog = node.invited()
    first = only(RefreshReceived, node.receive(REINVITE))
    second = with_header(another_branch(REINVITE, b"z9hG4bKre2"), b"CSeq", b"6 INVITE")
    assert only(MessageRefused, node.receive(second)).status == 500
    response = node.sent_response()
    assert (response.status, response.get(b"retry-after")) == (500, b"2")
    node.agent.reject(first.transaction, 488, "no", node.now)
    third = with_header(another_branch(REINVITE, b"z9hG4bKre3"), b"CSeq", b"7 INVITE")
    refresh = only(RefreshReceived, node.receive(third))
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    assert node.statuses() == [488, 200]


def test_invites_that_cross_are_refused_491_and_the_next_one_is_served() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.request(dialog, b"INVITE", node.now)
    ours = node.sent_request()
    assert only(MessageRefused, node.receive(REINVITE)).status == 491
    assert node.statuses() == [491]
    node.receive(answer_to(ours, 491))
    again = with_header(another_branch(REINVITE, b"z9hG4bKre2"), b"CSeq", b"6 INVITE")
    refresh = only(RefreshReceived, node.receive(again))
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    assert node.statuses() == [0, 200]


def test_a_refresh_of_a_dialog_that_has_ended_meanwhile_is_481() -> None:
    node = Node()
    dialog = node.invited()
    refresh = only(RefreshReceived, node.receive(REINVITE))
    node.agent.bye(dialog, node.now)
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    assert node.statuses() == [0, 481]
    node.agent.accept_refresh(refresh.transaction, dialog, node.now)
    assert node.sent() == []


@pytest.mark.parametrize(
    "message", [capture("info_features"), capture("update"), REINVITE, capture("options")]
)
def test_in_a_doomed_dialog_the_next_request_gets_481_and_that_is_its_end(message: bytes) -> None:
    node = Node()
    dialog = node.invited()
    node.agent.doom(dialog, "CTIManager ctim1 was lost")
    assert not dialog.ended
    within = with_header(message, b"To", b"<sip:2001@ctigw.example.com>;tag=gw2")
    within = with_header(within, b"From", dialog.remote)
    refused = only(MessageRefused, node.receive(with_header(within, b"Call-ID", dialog.call_id)))
    assert (refused.status, refused.text) == (481, "CTIManager ctim1 was lost")
    assert (node.statuses(), dialog.ended, node.agent.dialog_count) == ([481], True, 0)
    assert node.advance(4000.0) == []
    assert node.sent() == []


def test_the_reason_of_a_bye_is_told() -> None:
    node = Node()
    dialog = node.invited()
    reason = b'SIP;cause=480;text="CTIManager ctim1 lost"'
    bye = with_header(capture("bye"), b"Reason", reason)
    assert only(DialogEnded, node.receive(bye)) == DialogEnded(dialog, EndReason.BYE, reason.decode())


def test_a_bye_in_a_doomed_dialog_is_a_bye() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.doom(dialog, "CTIManager ctim1 was lost")
    assert only(DialogEnded, node.receive(capture("bye"))).reason is EndReason.BYE
    assert node.statuses() == [200]


# --- the client's side --------------------------------------------------------------------------------------


def test_an_invite_of_ours_that_nobody_answers_is_told_as_none() -> None:
    node = Node()
    node.agent.invite(node.flow, Joined().invitation(), "sign-in", node.now)
    assert only(InviteAnswered, node.advance(32.0)) == InviteAnswered("sign-in", None, None)


def test_a_refused_refresh_of_ours_is_acknowledged_on_its_own_branch() -> None:
    joined = Joined()
    client, gateway = joined.open()
    joined.client.request(client, b"INVITE", joined.now, token="refresh")
    [invite] = joined.client_flow.out
    joined.run()
    joined.gateway.reject(joined.take(RefreshReceived).transaction, 488, "no", joined.now)
    for frame in joined._to_client.receive_data(b"".join(joined.gateway_flow.out)):
        joined.client_events += joined.client.receive(joined.client_flow, frame, joined.now)
    [ack] = joined.client_flow.out
    assert ack.startswith(b"ACK ")
    assert ack.split(b"\r\n")[1] == invite.split(b"\r\n")[1]
    assert b"CSeq: 2 ACK\r\n" in ack
    assert joined.take(RequestAnswered, gateway=False).token == "refresh"
    assert not gateway.ended
