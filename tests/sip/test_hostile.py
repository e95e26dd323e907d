"""Whatever a peer sends: no exception, whole messages in answer, one answer at most, and bounded tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip import (
    Framer,
    InfoReceived,
    InviteReceived,
    OptionsReceived,
    RefreshReceived,
    Request,
    Settings,
    Transport,
)
from tests.sip.peers import CAPTURES, Node, capture

WIRES = [capture(path.stem) for path in sorted(CAPTURES.glob("*.sip"))] + [
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP gw;branch=z9hG4bKgw11\r\nFrom: <sip:a>;tag=gw2\r\n"
    b"To: <sip:b>;tag=1\r\nCall-ID: a3f0077597a645ed91dfed3b\r\nCSeq: 1 INFO\r\nContent-Length: 0\r\n\r\n"
]
MARKS = [bytes([byte]) for byte in b'\r\n\0 \t:;,<>\\=@%"\xff']
MARKS += [b"\r\n", b"\r\n ", b"tag=", b";branch=z9hG4bK", b"sip:", b"Via: ", b"SIP/2.0"]
LINES = [
    b"Contact: *\r\n",
    b"CSeq: 1 INFO\r\n",
    b"Session-Expires: 1\r\n",
    b"Supported: timer\r\n",
    b"Require: x\r\n",
]
CUT = st.tuples(
    st.integers(0, 1100), st.integers(0, 40), st.sampled_from(MARKS + LINES) | st.binary(max_size=4)
)
MESSAGE = st.tuples(st.sampled_from(WIRES), st.lists(CUT, max_size=3))


def mutated(wire: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for position, length, piece in cuts:
        wire = wire[:position] + piece + wire[position + length :]
    return wire


def serve(node: Node, wire: bytes) -> None:
    """Take bytes as a connection would, and answer every request that is handed over."""
    for frame in Framer().receive_data(wire):
        for event in node.agent.receive(node.flow, frame, node.now):
            if isinstance(event, InviteReceived):
                node.agent.accept(event.transaction, node.now, body=b"body")
            elif isinstance(event, RefreshReceived):
                node.agent.accept_refresh(event.transaction, event.dialog, node.now)
            elif isinstance(event, InfoReceived | OptionsReceived):
                node.agent.respond(event.transaction, 200, node.now)


def check(node: Node) -> None:
    """What was sent is sound: it can be cut and read, and has nothing of a peer's line ends in it."""
    for message in node.sent():
        assert message.problem == ""
        assert message.cseq is not None or b"cseq" not in message.fields or not isinstance(message, Request)
    assert node.agent.unanswered == 0


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.UDP])
@given(messages=st.lists(MESSAGE, max_size=8))
@settings(max_examples=150)
def test_mutated_messages_do_no_harm(
    transport: Transport, messages: list[tuple[bytes, list[tuple[int, int, bytes]]]]
) -> None:
    node = Node(Settings(max_dialogs=3, kept_per_flow=4), transport=transport)
    for wire, cuts in messages:
        serve(node, mutated(wire, cuts))
        check(node)
        node.advance(1.0)
    dialogs, _ = node.agent.dialog_count, node.sent()
    assert dialogs <= 3
    node.advance(4000.0)
    assert node.agent.dialog_count == 0
    node.sent()
    node.advance(40.0)
    assert node.agent.transaction_counts == (0, 0)
    assert node.agent.next_deadline() is None


@given(st.binary(max_size=2000))
def test_noise_does_no_harm(noise: bytes) -> None:
    node = Node()
    serve(node, noise)
    check(node)
