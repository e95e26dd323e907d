"""Frames of CSTA XML over TCP: any cut of the stream, both ends of the length, broken headers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctimgr_client.frames import (
    EVENT_INVOKE_ID,
    MAX_BODY_SIZE,
    MAX_FRAME_SIZE,
    Frame,
    FrameError,
    FrameReader,
    FrameTooLong,
    encode_frame,
)

FRAMES = [
    Frame(0, b"<a/>"),
    Frame(9998, "<b>ü</b>".encode()),
    Frame(EVENT_INVOKE_ID, b"<c>" + b"x" * 700 + b"</c>"),
    Frame(7, b""),
]
WIRE = b"".join(encode_frame(frame.invoke_id, frame.body) for frame in FRAMES)


def test_a_frame_on_the_wire() -> None:
    assert encode_frame(42, b"<x/>") == b"\x00\x00\x00\x0c0042<x/>"


def test_the_length_counts_bytes_not_characters() -> None:
    assert encode_frame(1, "ü".encode())[2:4] == b"\x00\x0a"


@given(st.lists(st.integers(0, len(WIRE))))
def test_any_cut_gives_the_same_frames(cuts: list[int]) -> None:
    reader, got = FrameReader(), []
    for start, end in pairwise([0, *sorted(cuts), len(WIRE)]):
        got += reader.receive_data(WIRE[start:end])
    assert got == FRAMES


def test_byte_by_byte() -> None:
    reader = FrameReader()
    got = [frame for i in range(len(WIRE)) for frame in reader.receive_data(WIRE[i : i + 1])]
    assert got == FRAMES


@given(st.lists(st.builds(Frame, st.integers(0, 9999), st.binary(max_size=300))))
def test_what_is_written_is_read_back(frames: list[Frame]) -> None:
    wire = b"".join(encode_frame(frame.invoke_id, frame.body) for frame in frames)
    assert FrameReader().receive_data(wire) == frames


@pytest.mark.parametrize("size", [32_767 - 8, 32_768 - 8, MAX_BODY_SIZE])
def test_the_length_is_unsigned(size: int) -> None:
    body = b"x" * size
    assert FrameReader().receive_data(encode_frame(5, body)) == [Frame(5, body)]


def test_the_longest_frame_has_65535_bytes() -> None:
    assert len(encode_frame(5, b"x" * MAX_BODY_SIZE)) == MAX_FRAME_SIZE == 65_535
    with pytest.raises(FrameTooLong, match="65536 bytes"):
        encode_frame(5, b"x" * (MAX_BODY_SIZE + 1))


@pytest.mark.parametrize("invoke_id", [-1, 10_000])
def test_an_invoke_id_has_four_digits(invoke_id: int) -> None:
    with pytest.raises(ValueError, match="is not in 0"):
        encode_frame(invoke_id, b"<x/>")


BROKEN = {
    "no zeros": (b"GET / HTTP/1.1\r\n", "begins with 0x4745"),
    "second byte": (b"\x00\x01\x00\x0c0001<x/>", "begins with 0x0001"),
    "too short": (b"\x00\x00\x00\x070001", "length of 7"),
    "length zero": (b"\x00\x00\x00\x000001", "length of 0"),
    "no digits": (b"\x00\x00\x00\x0c00a1<x/>", "not four decimal digits"),
    "blank padded": (b"\x00\x00\x00\x0c  41<x/>", "not four decimal digits"),
    "sign": (b"\x00\x00\x00\x0c-001<x/>", "not four decimal digits"),
}


@pytest.mark.parametrize(("wire", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_header_loses_the_framing(wire: bytes, problem: str) -> None:
    with pytest.raises(FrameError, match=problem):
        FrameReader().receive_data(wire)


@pytest.mark.parametrize("wire", [wire for wire, _ in BROKEN.values()], ids=BROKEN)
def test_framing_once_lost_never_comes_back(wire: bytes) -> None:
    reader = FrameReader()
    with pytest.raises(FrameError):
        reader.receive_data(wire)
    with pytest.raises(FrameError):
        reader.receive_data(WIRE)


def test_frames_before_the_break_are_kept() -> None:
    with pytest.raises(FrameError) as lost:
        FrameReader().receive_data(WIRE + b"GET / HTTP/1.1\r\n")
    assert lost.value.frames == FRAMES


@given(st.binary(max_size=200), st.integers(0, 200))
def test_noise_gives_the_same_whole_and_in_two(noise: bytes, cut: int) -> None:
    assert read_all([noise]) == read_all([noise[:cut], noise[cut:]])


def read_all(pieces: list[bytes]) -> tuple[list[Frame], str | None]:
    reader, frames = FrameReader(), []
    for piece in pieces:
        try:
            frames += reader.receive_data(piece)
        except FrameError as error:
            return frames + error.frames, str(error)
    return frames, None
