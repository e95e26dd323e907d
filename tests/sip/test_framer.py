"""The stream cut into messages: the same for any cut, limits at the edge, faults that keep or lose step."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip import Fault, Frame, Framer, Limits, Ping
from tests.sip.peers import CAPTURES, capture

CRLF = b"\r\n"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.sip"))
WIRE = CRLF.join(capture(name) for name in NAMES)
SMALL = Limits(header=120, line=60, lines=5, body=20, hard_body=40)

#: Pieces that make trouble when put beside each other in any order.
PIECES = [
    b"INFO sip:a SIP/2.0\r\n",
    b"Content-Length: 4\r\n\r\nbody",
    b"l:0\r\n\r\n",
    b"Content-Length: 30\r\n\r\n",
    b"Content-Length: 41\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length:\r\n 3\r\n\r\nabc",
    b"Subject: long " + b"x" * 70 + CRLF,
    b"A: b\r\n" * 5,
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\n",
    b"\r\r\n\r\n",
    b"x",
    b"y" * 25,
]


def message(body: bytes = b"", *headers: bytes, start: bytes = b"INFO sip:a SIP/2.0") -> bytes:
    return CRLF.join([start, *headers, b"Content-Length: %d" % len(body), b"", body])


def cut(wire: bytes, cuts: list[int], limits: Limits | None = None) -> list[Frame | Ping]:
    framer, frames = Framer(limits), list[Frame | Ping]()
    for begin, end in pairwise([0, *sorted(min(one, len(wire)) for one in cuts), len(wire)]):
        frames += framer.receive_data(wire[begin:end])
    return frames


@given(st.lists(st.integers(0, len(WIRE)), max_size=40))
def test_any_cut_gives_the_same_messages(cuts: list[int]) -> None:
    frames = cut(WIRE, cuts)
    assert frames == cut(WIRE, [])
    assert len(frames) == len(NAMES)


def test_byte_by_byte_gives_the_same_messages() -> None:
    assert cut(WIRE, list(range(len(WIRE)))) == cut(WIRE, [])


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.integers(0, 400), max_size=30))
def test_any_cut_of_troubled_streams_gives_the_same_frames(pieces: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(pieces)
    assert cut(wire, cuts, SMALL) == cut(wire, [], SMALL)
    assert cut(wire, list(range(len(wire))), SMALL) == cut(wire, [], SMALL)


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=10))
def test_noise_is_cut_without_a_crash(noise: bytes, cuts: list[int]) -> None:
    assert cut(noise, cuts, SMALL) == cut(noise, [], SMALL)


@pytest.mark.parametrize("name", NAMES)
def test_a_capture_is_one_frame(name: str) -> None:
    [frame] = cut(capture(name), [])
    assert isinstance(frame, Frame)
    assert frame.head + b"\r\n\r\n" + frame.body == capture(name)
    assert frame.fault is None


def test_a_thousand_pipelined_messages_come_in_order() -> None:
    wires = [message(b"%d" % number) for number in range(1000)]
    frames = Framer().receive_data(b"".join(wires))
    assert [frame.body for frame in frames if isinstance(frame, Frame)] == [
        b"%d" % one for one in range(1000)
    ]


@pytest.mark.parametrize(
    "length",
    [
        b"Content-Length: 4",
        b"content-length:4",
        b"CONTENT-LENGTH  :   4  ",
        b"l: 4",
        b"L:4",
        b"l\t:\t4",
        b"Content-Length:\r\n 4",
        b"Content-Length: \r\n\t 4",
        b"Content-Length: 0004",
        b"Content-Length: 4\r\nl: 4",
    ],
)
def test_content_length_is_found_however_it_is_written(length: bytes) -> None:
    wire = b"INFO sip:a SIP/2.0\r\nSubject: content-length\r\n" + length + b"\r\n\r\nbody"
    assert [frame.body for frame in cut(wire * 2, []) if isinstance(frame, Frame)] == [b"body", b"body"]


@pytest.mark.parametrize(
    ("headers", "fault"),
    [
        (b"Subject: no length", Fault.NO_LENGTH),
        (b"X-Content-Length: 4", Fault.NO_LENGTH),
        (b"Content-Length: 4\r\nContent-Length: 5", Fault.BAD_LENGTH),
        (b"Content-Length: 4\r\nl: 04", Fault.BAD_LENGTH),
        (b"Content-Length: -4", Fault.BAD_LENGTH),
        (b"Content-Length: +4", Fault.BAD_LENGTH),
        (b"Content-Length: 4, 4", Fault.BAD_LENGTH),
        (b"Content-Length: 0x4", Fault.BAD_LENGTH),
        (b"Content-Length: four", Fault.BAD_LENGTH),
        (b"Content-Length:", Fault.BAD_LENGTH),
        (b"Content-Length: 1\r\n 0", Fault.BAD_LENGTH),
        (b"Content-Length: 4\nX: y", Fault.BAD_LENGTH),
        (b"Content-Length: 12345678901", Fault.BAD_LENGTH),
        (b"Content-Length: 2147483648", Fault.MESSAGE_TOO_LARGE),
        (b"Content-Length: 1048577", Fault.MESSAGE_TOO_LARGE),
    ],
)
def test_a_length_that_cannot_be_trusted_loses_the_stream(headers: bytes, fault: Fault) -> None:
    framer = Framer()
    [frame] = framer.receive_data(b"INFO sip:a SIP/2.0\r\n" + headers + b"\r\n\r\nbody" + message())
    assert isinstance(frame, Frame)
    assert (frame.fault, frame.body, framer.lost) == (fault, b"", True)
    assert frame.head.startswith(b"INFO sip:a SIP/2.0\r\n")
    assert framer.receive_data(message()) == []


@pytest.mark.parametrize(
    ("limits", "inside", "over", "fault"),
    [
        (
            Limits(header=60),
            message(b"", b"A: " + b"x" * 18),
            message(b"", b"A: " + b"x" * 19),
            Fault.HEADER_TOO_LARGE,
        ),
        (
            Limits(header=90, line=40),
            message(b"", b"A: " + b"x" * 37),
            message(b"", b"A: " + b"x" * 38),
            Fault.HEADER_TOO_LARGE,
        ),
        (Limits(lines=4), message(b"", *[b"A: b"] * 3), message(b"", *[b"A: b"] * 4), Fault.HEADER_TOO_LARGE),
        (Limits(body=8), message(b"x" * 8), message(b"x" * 9), Fault.BODY_TOO_LARGE),
        (Limits(body=8, hard_body=16), message(b"x" * 8), message(b"x" * 17), Fault.MESSAGE_TOO_LARGE),
    ],
    ids=["header", "line", "lines", "body", "hard_body"],
)
def test_each_limit_at_its_edge(limits: Limits, inside: bytes, over: bytes, fault: Fault) -> None:
    for cuts in ([], list(range(len(over)))):
        [frame] = cut(inside, cuts, limits)
        assert isinstance(frame, Frame)
        assert frame.fault is None
        [frame] = cut(over, cuts, limits)
        assert isinstance(frame, Frame)
        assert frame.fault is fault


def test_a_body_over_the_limit_is_read_past_and_the_next_message_is_served() -> None:
    framer = Framer(Limits(body=8, hard_body=16))
    assert framer.receive_data(message(b"x" * 16)[:-1]) == []
    assert (framer.partial, framer.in_body) == (True, True)
    frames = framer.receive_data(b"x" + message(b"next"))
    assert [(frame.fault, frame.body) for frame in frames if isinstance(frame, Frame)] == [
        (Fault.BODY_TOO_LARGE, b""),
        (None, b"next"),
    ]


def test_hundreds_of_bodies_over_the_limit_in_one_read() -> None:
    frames = Framer(Limits(body=0, hard_body=16)).receive_data(message(b"x") * 2000)
    assert [frame.fault for frame in frames if isinstance(frame, Frame)] == [Fault.BODY_TOO_LARGE] * 2000


def test_a_body_read_past_is_not_kept() -> None:
    framer = Framer()
    head = b"INFO sip:a SIP/2.0\r\nContent-Length: %d\r\n\r\n" % (1024 * 1024)
    piece = b"x" * 4096
    tracemalloc.start()
    framer.receive_data(head)
    for _ in range(255):
        assert framer.receive_data(piece) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 1024


def test_a_header_section_without_end_is_cut_off_at_the_limit() -> None:
    framer = Framer(Limits(header=200))
    wire = b"INFO sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n" + b"Subject: " + b"x" * 400
    [frame] = [one for byte in wire for one in framer.receive_data(bytes([byte]))]
    assert isinstance(frame, Frame)
    assert frame.fault is Fault.HEADER_TOO_LARGE
    assert frame.head == b"INFO sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a"


def test_a_first_line_without_end_is_cut_off_at_the_limit() -> None:
    [frame] = Framer(Limits(header=50)).receive_data(b"x" * 100)
    assert frame == Frame(b"x" * 50, b"", Fault.HEADER_TOO_LARGE)


@pytest.mark.parametrize(
    ("wire", "pings"),
    [
        (b"\r\n\r\n", 1),
        (b"\r\n", 0),
        (b"\r\n\r\n\r\n", 1),
        (b"\r\n\r\n\r\n\r\n", 2),
        (b"\r\r\n\r\n", 1),
        (b"\r\n\n\r\n\r\n", 1),
        (b"\n\n\n\n", 0),
        (b"\r\r\r\r", 0),
        (b"\r\n\r", 0),
    ],
)
def test_two_line_ends_are_one_keep_alive_however_they_are_cut(wire: bytes, pings: int) -> None:
    for cuts in ([], [1], [2], [3], [1, 2, 3, 4, 5, 6, 7]):
        frames = cut(wire + message(), cuts)
        assert [type(frame) for frame in frames] == [Ping] * pings + [Frame]


def test_a_line_end_before_and_one_after_a_message_are_no_keep_alive() -> None:
    assert [type(frame) for frame in cut(CRLF + message() + CRLF + message(), [])] == [Frame, Frame]


def test_line_ends_are_no_message_that_has_begun() -> None:
    framer = Framer()
    framer.receive_data(b"\r\n\r")
    assert not framer.partial
    framer.receive_data(b"\nINFO")
    assert (framer.partial, framer.in_body) == (True, False)
    framer.receive_data(b" sip:a SIP/2.0\r\nl:3\r\n\r\nab")
    assert (framer.partial, framer.in_body) == (True, True)
    framer.receive_data(b"c")
    assert (framer.partial, framer.in_body) == (False, False)


def test_a_flood_of_keep_alives_keeps_nothing() -> None:
    framer = Framer()
    tracemalloc.start()
    for _ in range(64):
        assert len(framer.receive_data(b"\r\n\r\n" * 256)) == 256
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 4096
