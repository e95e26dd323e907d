"""Counting what comes and goes: every message once, and no name that a peer can invent."""

from __future__ import annotations

from .peers import Node, capture
from .test_torture import options


def test_messages_are_counted_by_direction_method_and_code() -> None:
    node = Node()
    dialog = node.invited()
    node.informed(capture("info_features").replace(b";tag=gw2", b";tag=" + dialog.local_tag))
    node.agent.request(dialog, b"INFO", node.now)
    assert dict(node.agent.counts) == {
        ("in", "INVITE", ""): 1,
        ("out", "INVITE", "200"): 1,
        ("in", "ACK", ""): 1,
        ("in", "INFO", ""): 1,
        ("out", "INFO", ""): 1,
    }


def test_what_peers_invent_is_other() -> None:
    node = Node()
    for number in range(50):
        node.receive(
            options(f"M{number} sip:gw SIP/2.0", CSeq=f"1 M{number}"),
            options(f"SIP/2.0 {650 + number % 50} x"),
        )
    assert dict(node.agent.counts) == {
        ("in", "other", ""): 50,
        ("out", "other", "501"): 50,
        ("in", "OPTIONS", "other"): 50,
    }


def test_what_cannot_be_read_is_counted_by_its_fault() -> None:
    node = Node()
    node.receive(b"nonsense\r\nContent-Length: 0\r\n\r\n")
    node.receive(options(Content_Length="none"))
    assert dict(node.agent.refusals) == {"malformed": 1, "bad_length": 1}
