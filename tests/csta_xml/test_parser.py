"""Every limit of the parser at its edge, and what is refused whatever its size."""

from collections.abc import Callable

import pytest

from csta_xml import RefusalReason, XmlRefused, decode
from csta_xml.parser import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse


def sized(size: int) -> bytes:
    return b"<a>" + b"x" * (size - 7) + b"</a>"


def nested(depth: int) -> bytes:
    return b"<a>" * (depth - 1) + b"<a/>" + b"</a>" * (depth - 1)


def nested_open(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def wide(elements: int) -> bytes:
    return b"<a>" + b"<b/>" * (elements - 1) + b"</a>"


def attributed(attributes: int) -> bytes:
    return b"<a><b " + b" ".join(b"n%d=''" % number for number in range(attributes)) + b"/></a>"


def one_each(attributes: int) -> bytes:
    return b"<a>" + b"<b n=''/>" * attributes + b"</a>"


@pytest.mark.parametrize(
    ("document", "bound"),
    [
        (sized, MAX_BYTES),
        (nested, MAX_DEPTH),
        (nested_open, MAX_DEPTH),
        (wide, MAX_ELEMENTS),
        (attributed, MAX_ATTRIBUTES),
        (one_each, MAX_ELEMENTS - 1),
    ],
)
def test_document_at_the_bound_is_accepted(document: Callable[[int], bytes], bound: int) -> None:
    assert parse(document(bound)).tag == "a"


@pytest.mark.parametrize(
    ("document", "bound", "reason"),
    [
        (sized, MAX_BYTES, "too_large"),
        (nested, MAX_DEPTH, "too_deep"),
        (nested_open, MAX_DEPTH, "too_deep"),
        (wide, MAX_ELEMENTS, "too_many_elements"),
        (attributed, MAX_ATTRIBUTES, "too_many_attributes"),
        (one_each, MAX_ELEMENTS - 1, "too_many_elements"),
    ],
)
def test_document_over_the_bound_is_refused(
    document: Callable[[int], bytes], bound: int, reason: RefusalReason
) -> None:
    with pytest.raises(XmlRefused) as caught:
        parse(document(bound + 1))
    assert caught.value.reason == reason


def test_limits_are_the_documented_ones() -> None:
    assert (MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_ATTRIBUTES) == (65_536, 32, 2_000, 64)


BILLION = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'


@pytest.mark.parametrize(
    "body",
    [
        BILLION,
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>',
        b'<!DOCTYPE a PUBLIC "x" "http://127.0.0.1:9/x.dtd"><a/>',
        b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
    ],
)
def test_doctype_is_refused_whatever_it_says(body: bytes) -> None:
    with pytest.raises(XmlRefused) as caught:
        decode(body)
    assert caught.value.reason == "doctype"


DOCUMENT = '<?xml version="1.0" encoding="{}"?><a>é</a>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"a",
        b"<a>",
        b"<a></b>",
        b"<a/><a/>",
        b"<a/>x",
        b"<a b='1' b='2'/>",
        b"<a>&unknown;</a>",
        b"<a>&#1;</a>",
        b"<a>\x00</a>",
        b"<a>\x1b</a>",
        b"<a>]]></a>",
        b"<x:a/>",
        b" <?xml version='1.0'?><a/>",
        b"<?xml version='1.1'?><a>&#1;</a>",
        b"<a>\xff</a>",
        b"<a>\xed\xa0\x80</a>",
        "<a>\ufffe</a>".encode(),
        DOCUMENT.format("UTF-16").encode("utf-16"),
        DOCUMENT.format("UTF-16LE").encode("utf-16-le"),
        DOCUMENT.format("UTF-32").encode("utf-32"),
        DOCUMENT.format("ISO-8859-1").encode("latin-1"),
        b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-",
        "<!DOCTYPE a><a/>".encode("utf-16"),
        b"<a>" * 300 + b"</a>" * 300,
        b"<" + b"a" * 60_000 + b"/>",
    ],
)
def test_what_is_not_well_formed_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(XmlRefused) as caught:
        decode(body)
    assert caught.value.reason == "not_well_formed"


def test_utf_8_is_read_as_utf_8_whatever_the_declaration_says() -> None:
    assert parse(DOCUMENT.format("ISO-8859-1").encode()).text == "é"


def test_byte_order_mark_is_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf<a>x</a>").text == "x"


def test_comments_and_instructions_leave_no_gap() -> None:
    assert parse(b"<a>1<!-- 2 -->3<?four?>5<![CDATA[<6>]]></a>").text == "135<6>"


def test_inclusion_is_only_an_element() -> None:
    body = b'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/passwd" parse="text"/></a>'
    assert [child.text for child in parse(body)[:]] == [None]


def test_a_refused_document_leaves_the_parser_as_it_was() -> None:
    for _ in range(3):
        with pytest.raises(XmlRefused):
            parse(b"<a>half")
        assert parse(b"<b/>").tag == "b"
