"""Flows that are lost: requests of ours go by the route set on a new one, dialled once, forgotten with it."""

from __future__ import annotations

from sip import Dialog, DialogEnded, EndReason, Flow, RequestAnswered, Settings, Target, Transport
from tests.sip.peers import Node, another_branch, answer_to, capture, only, with_header

FRONT_END = Target(Transport.TCP, "fe.example.com", 5060)


def test_a_request_after_the_flow_is_gone_goes_by_the_route_set_on_a_new_one() -> None:
    node = Node()
    dialog = node.invited()
    assert node.agent.flow_lost(node.flow, node.now) == []
    assert node.agent.request(dialog, b"INFO", node.now, body=b"event", token="event")
    assert node.sent() == []
    [(target, flow)] = node.agent.take_dials()
    assert (target, flow.remote, flow.local) == (
        FRONT_END,
        ("fe.example.com", 5060),
        ("gw1.example.com", 5060),
    )
    request = node.sent_request(flow)
    assert request.vias[0].startswith(b"SIP/2.0/TCP gw1.example.com:5060;branch=z9hG4bK")
    assert request.lines(b"route") == [
        b"<sip:fe.example.com:5060;transport=tcp;ms-role-rs-from;lr;ms-route-sig=aaBB/+cc==>"
    ]
    answered = only(RequestAnswered, node.receive(answer_to(request, 200), flow=flow))
    assert answered.token == "event"


def test_one_flow_is_dialled_for_all_dialogs_of_a_next_hop() -> None:
    node = Node()
    first = node.invited()
    second = node.invited(
        another_branch(capture("invite"), b"z9hG4bK2"), capture("ack").replace(b"gw2", b"gw3")
    )
    node.agent.flow_lost(node.flow, node.now)
    for dialog in (first, second, first):
        assert node.agent.request(dialog, b"INFO", node.now)
    [(_, flow)] = node.agent.take_dials()
    assert len(node.sent(flow)) == 3


def test_a_flow_that_cannot_be_dialled_ends_its_requests_not_its_dialogs_and_is_dialled_again() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.flow_lost(node.flow, node.now)
    node.agent.request(dialog, b"INFO", node.now, token="event")
    [(_, flow)] = node.agent.take_dials()
    assert only(RequestAnswered, node.agent.flow_lost(flow, node.now)).response is None
    assert flow.out == []
    assert not dialog.ended
    assert node.agent.request(dialog, b"INFO", node.now)
    [(target, again)] = node.agent.take_dials()
    assert (target, again is flow) == (FRONT_END, False)


def test_the_next_request_of_the_peer_brings_its_own_flow_back() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.flow_lost(node.flow, node.now)
    fresh = node.new_flow(port=1900)
    node.agent.respond(node.informed(capture("info_features"), fresh).transaction, 200, node.now)
    node.sent(fresh)
    node.agent.request(dialog, b"INFO", node.now)
    assert node.sent_request(fresh).method == b"INFO"
    assert node.agent.take_dials() == []


def test_without_a_host_to_go_to_nothing_is_sent() -> None:
    node = Node()
    invite = with_header(capture("invite"), b"Record-Route", None)
    dialog = node.invited(with_header(invite, b"Contact", b"<sip:;opaque=user:epid:xyz;gruu>"))
    node.agent.flow_lost(node.flow, node.now)
    assert not node.agent.request(dialog, b"INFO", node.now)
    node.agent.bye(dialog, node.now)
    assert dialog.ended
    assert node.agent.take_dials() == []
    assert node.agent.transaction_counts[1] == 0


def test_a_request_in_a_dialog_that_has_ended_dials_nothing() -> None:
    node = Node()
    dialog = node.invited()
    node.receive(capture("bye"))
    node.agent.flow_lost(node.flow, node.now)
    assert not node.agent.request(dialog, b"INFO", node.now)
    assert node.agent.take_dials() == []


def test_flows_that_are_dialled_are_bounded_and_forgotten_when_they_are_gone() -> None:
    node = Node(Settings(max_dialled_flows=2))
    dialogs = []
    for number in range(3):
        invite = another_branch(capture("invite"), b"z9hG4bK%d" % number)
        invite = with_header(invite, b"Record-Route", b"<sip:fe%d.example.com;lr>" % number)
        dialogs.append(node.invited(invite, capture("ack").replace(b"gw2", b"gw%d" % (number + 2))))
    node.agent.flow_lost(node.flow, node.now)
    sent = [node.agent.request(dialog, b"INFO", node.now, token="asked") for dialog in dialogs]
    assert sent == [True, True, False]
    (_, first), (_, _) = node.agent.take_dials()
    node.agent.flow_lost(first, node.now)
    assert node.agent.request(dialogs[2], b"INFO", node.now)
    [(target, _)] = node.agent.take_dials()
    assert target.host == "fe2.example.com"
    assert len(node.agent._core.dialled) == 2


def test_datagram_flows_make_room_because_they_are_never_lost() -> None:
    node = Node(Settings(max_dialled_flows=1))
    dialogs = []
    for number in range(2):
        invite = another_branch(capture("invite"), b"z9hG4bK%d" % number)
        invite = with_header(invite, b"Record-Route", b"<sip:fe%d.example.com;transport=udp;lr>" % number)
        dialogs.append(node.invited(invite, capture("ack").replace(b"gw2", b"gw%d" % (number + 2))))
    node.agent.flow_lost(node.flow, node.now)
    assert node.agent.request(dialogs[0], b"INFO", node.now)
    [(_, flow)] = node.agent.take_dials()
    flow.connected(("192.0.2.5", 5060))
    assert not node.agent.request(dialogs[1], b"INFO", node.now)
    node.receive(answer_to(node.sent_request(flow), 200), flow=flow)
    assert node.agent.request(dialogs[1], b"INFO", node.now)
    assert node.agent.request(dialogs[0], b"INFO", node.now)
    assert (node.sent_request(flow).method, flow.closed) == (b"INFO", False)


def test_the_loss_of_a_flow_nobody_knows_does_no_harm() -> None:
    node = Node()
    node.invited()
    assert node.agent.flow_lost(Flow(Transport.TCP, ("a", 1), ("b", 2)), node.now) == []
    assert not node.flow.closed


def test_flows_with_something_to_write_are_told_once() -> None:
    node = Node()
    dialog = node.invited()
    before = node.agent.has_output
    for _ in range(3):
        node.agent.request(dialog, b"INFO", node.now)
    assert (before, node.agent.has_output) == (False, True)
    assert node.agent.take_dirty() == [node.flow]
    assert node.agent.take_dirty() == []
    assert len(node.flow.out) == 3


# --- requests too large for a datagram ----------------------------------------------------------------------


def large(node: Node, *routes: bytes) -> Dialog:
    """A dialog over UDP in which a large request has been sent."""
    invite = with_header(capture("invite"), b"Record-Route", b", ".join(routes) or None)
    dialog = node.invited(with_header(invite, b"Contact", b"<sip:;gruu>"))
    node.agent.request(dialog, b"INFO", node.now, body=b"x" * 1300, token="large")
    return dialog


def test_a_large_request_goes_by_a_stream_and_its_answer_is_told() -> None:
    node = Node(transport=Transport.UDP)
    dialog = large(node, b"<sip:fe.example.com;transport=udp;lr>")
    [(target, stream)] = node.agent.take_dials()
    assert target == FRONT_END
    stream.connected(("192.0.2.5", 5060))
    answered = only(RequestAnswered, node.receive(answer_to(node.sent_request(stream), 200), flow=stream))
    assert answered.token == "large"
    assert (dialog.flow, node.sent()) == (node.flow, [])


def test_a_large_request_goes_by_a_datagram_where_there_is_no_stream_and_the_next_at_once() -> None:
    node = Node(transport=Transport.UDP)
    dialog = large(node, b"<sip:fe.example.com;transport=udp;lr>")
    [(_, stream)] = node.agent.take_dials()
    assert node.agent.flow_lost(stream, node.now) == []
    first = node.sent_request()
    assert (first.vias[0][:12], first.cseq) == (b"SIP/2.0/UDP ", (1, b"INFO"))
    node.agent.request(dialog, b"INFO", node.now, body=b"x" * 1300)
    assert (node.sent_request().cseq, node.agent.take_dials()) == ((2, b"INFO"), [])
    node.now += 61.0
    node.agent.request(dialog, b"INFO", node.now, body=b"x" * 1300)
    assert len(node.agent.take_dials()) == 1


def test_a_large_request_that_is_lost_with_its_stream_is_not_sent_twice() -> None:
    node = Node(transport=Transport.UDP)
    large(node, b"<sip:fe.example.com;transport=udp;lr>")
    [(_, stream)] = node.agent.take_dials()
    stream.connected(("192.0.2.5", 5060))
    assert only(RequestAnswered, node.agent.flow_lost(stream, node.now)).response is None
    assert node.sent() == []


def test_a_large_request_without_a_host_to_go_to_is_a_datagram() -> None:
    node = Node(transport=Transport.UDP)
    large(node)
    assert node.sent_request().vias[0].startswith(b"SIP/2.0/UDP ")


def test_peers_without_a_stream_are_remembered_up_to_a_bound() -> None:
    node = Node(Settings(max_dialled_flows=2), transport=Transport.UDP)
    for number in range(4):
        invite = another_branch(capture("invite"), b"z9hG4bK%d" % number)
        invite = with_header(invite, b"Record-Route", b"<sip:fe%d.example.com;transport=udp;lr>" % number)
        dialog = node.invited(invite, capture("ack").replace(b"gw2", b"gw%d" % (number + 2)))
        node.agent.request(dialog, b"INFO", node.now, body=b"x" * 1300)
        [(_, stream)] = node.agent.take_dials()
        node.agent.flow_lost(stream, node.now)
        node.now += 1.0
    assert len(node.agent._core._unreachable) == 2


def test_an_event_that_was_lost_with_its_flow_ends_the_dialog_of_who_answers_events() -> None:
    node = Node()
    dialog = node.invited()
    assert node.agent.request(dialog, b"INFO", node.now, body=b"first")
    node.receive(answer_to(node.sent_request(), 200))
    assert node.agent.request(dialog, b"INFO", node.now, body=b"second")
    assert only(DialogEnded, node.agent.flow_lost(node.flow, node.now)).reason is EndReason.PEER_LOST
    [(_, flow)] = node.agent.take_dials()
    assert node.sent_request(flow).method == b"BYE"


def test_who_never_answers_events_keeps_his_dialog_unless_bytes_were_unsent() -> None:
    for cut in (False, True):
        node = Node()
        dialog = node.invited()
        node.agent.request(dialog, b"INFO", node.now, body=b"event")
        node.flow.cut = cut
        node.agent.flow_lost(node.flow, node.now)
        assert dialog.ended is cut


def test_an_event_that_reached_nobody_ends_the_dialog() -> None:
    node = Node()
    dialog = node.invited()
    node.agent.flow_lost(node.flow, node.now)
    node.agent.request(dialog, b"INFO", node.now, body=b"event")
    [(_, flow)] = node.agent.take_dials()
    node.agent.flow_lost(flow, node.now)
    assert dialog.ended
