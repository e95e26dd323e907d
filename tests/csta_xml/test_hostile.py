"""Any bytes end in a message or in one of the three errors, and what came in can always go out again."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from csta_xml import InvalidMessage, Message, UnknownMessage, XmlRefused, decode, encode, rewrite
from tests.csta_xml.captures import load
from tests.csta_xml.cases import CASES

CAPTURED = {capture: load(capture) for capture in CASES}
NAMES = ["callID", "deviceID", "deviceIdentifier", "notKnown", "cause", "extensions", "x", "MakeCall"]
SNIPPETS = [
    b"<!DOCTYPE x>",
    b"&x;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"\x00",
    b"\xff\xfe",
    b' a="1"',
    b"<x>" * 40,
    b"<x/>" * 2_000,
    *[f"<{name}>".encode() for name in NAMES],
    *[f"</{name}>".encode() for name in NAMES],
    *[f"<{name}/>".encode() for name in NAMES],
]


def read(body: bytes) -> Message | None:
    """Decode what may be anything; any other exception is a failure of the test."""
    with suppress(XmlRefused, UnknownMessage, InvalidMessage):
        return decode(body)
    return None


def survives(body: bytes) -> None:
    message = read(body)
    if message is not None:
        assert decode(encode(message)) == message
        assert rewrite(message, lambda device: device) == message


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    survives(body)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A capture with pieces cut out, doubled, replaced or put in."""
    body = CAPTURED[draw(st.sampled_from(sorted(CAPTURED)))]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 40)))
        piece = draw(
            st.one_of(
                st.just(b""), st.just(body[start:end] * 2), st.sampled_from(SNIPPETS), st.binary(max_size=8)
            )
        )
        body = body[:start] + piece + body[end:]
    return body


@given(mutated())
def test_mutated_captures(body: bytes) -> None:
    survives(body)


@given(st.sampled_from(sorted(CAPTURED)), st.data())
def test_captures_cut_short(capture: str, data: st.DataObject) -> None:
    body = CAPTURED[capture]
    survives(body[: data.draw(st.integers(0, len(body)))])


@given(st.sampled_from(sorted(CAPTURED)), st.data())
def test_captures_with_one_element_called_otherwise(capture: str, data: st.DataObject) -> None:
    body = CAPTURED[capture].decode()
    names = sorted(
        {part.split(">")[0].split(" ")[0].strip("/") for part in body.split("<") if part[:1].isalpha()}
    )
    old = data.draw(st.sampled_from(names))
    new = data.draw(st.sampled_from([*NAMES, *names]))
    survives(body.replace(f"<{old}", f"<{new}").replace(f"</{old}", f"</{new}").encode())
