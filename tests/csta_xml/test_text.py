"""Text that gets in and out: white space, markup, characters XML cannot write, big numbers of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csta_xml import (
    DeviceId,
    GetForwarding,
    Message,
    MonitorCrossRefId,
    MonitorStop,
    RequestSystemStatus,
    decode,
    encode,
)

#: XML 1.0 §2.2
FORBIDDEN = [*map(chr, range(0x20)), "\ufffe", "\uffff", "\ud800", "\udfff"]
ALLOWED = st.characters(
    exclude_categories=["Cs"], exclude_characters=[c for c in FORBIDDEN if c not in "\t\n\r"]
)
TEXT = st.text(ALLOWED)


def stop(ref: str) -> MonitorStop:
    return MonitorStop(monitor_cross_ref_id=MonitorCrossRefId(ref))


@given(TEXT)
def test_text_comes_back_without_its_outer_white_space(text: str) -> None:
    assert decode(encode(stop(text))) == stop(text.strip(" \t\r\n"))


@given(st.text(st.characters()))
def test_anything_can_be_written(text: str) -> None:
    kept = "".join(c for c in text if c in "\t\n\r" or (c not in FORBIDDEN and not "\ud800" <= c <= "\udfff"))
    assert decode(encode(stop(text))) == stop(kept.strip(" \t\r\n"))


@pytest.mark.parametrize("character", FORBIDDEN)
def test_character_xml_cannot_write_is_left_out(character: str) -> None:
    expected = f"a{character}b" if character in "\t\n\r" else "ab"
    assert decode(encode(stop(f"a{character}b"))) == stop(expected)


@pytest.mark.parametrize(
    "text",
    [
        "<notKnown/>",
        "&amp;",
        "&#x41;",
        "]]>",
        "<!--",
        "a<b>c&d\"e'f",
        "</monitorCrossRefID><x>",
        "a\r\nb",
        "\u2028",
    ],
)
def test_markup_in_a_value_stays_text(text: str) -> None:
    assert decode(encode(stop(text))) == stop(text)


@pytest.mark.parametrize(
    "message",
    [
        RequestSystemStatus(line="tel:73124;phone-context=dialstring;partition=a b  c%20d"),
        GetForwarding(device=DeviceId("tel:1;x=\u00a0no-break space at the edge\u00a0")),
    ],
)
def test_inner_text_is_kept_byte_for_byte(message: Message) -> None:
    assert decode(encode(message)) == message
