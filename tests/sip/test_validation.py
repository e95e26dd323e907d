"""What is wrong with a request, as a table: the answer owed, and the header lines that go with it."""

import pytest

from sip import Request, parse
from sip.validation import ALLOW, Refusal, reason, refusal
from tests.sip.peers import capture, frame_of, request_of, with_header

INVITE, INFO = capture("invite"), capture("info_features")


def judged(message: bytes) -> Refusal | None:
    request = request_of(message)
    request.received_from(b"192.0.2.5", 1834)
    return refusal(request)


@pytest.mark.parametrize("method", [b"INVITE", b"ACK", b"BYE", b"CANCEL", b"INFO", b"UPDATE", b"OPTIONS"])
def test_a_method_of_allow_is_served(method: bytes) -> None:
    assert judged(INVITE.replace(b"INVITE", method)) is None
    assert method in ALLOW.split(b", ")


@pytest.mark.parametrize(
    ("message", "status", "text"),
    [
        (INVITE.replace(b"SIP/2.0", b"SIP/7.0", 1), 505, "SIP/7.0"),
        (INVITE.replace(b"INVITE sip", b"INVITE  sip", 1), 400, "one space"),
        (with_header(INVITE, b"Via", None), 400, "no Via"),
        (with_header(INVITE, b"Via", b"SIP/2.0/"), 400, "no Via"),
        (with_header(INVITE, b"From", None), 400, "from is missing"),
        (with_header(INVITE, b"From", b""), 400, "from is missing"),
        (with_header(INVITE, b"To", None), 400, "to is missing"),
        (with_header(INVITE, b"Call-ID", b" "), 400, "call-id is missing"),
        (with_header(INVITE, b"CSeq", None), 400, "cseq is missing"),
        (with_header(INVITE, b"CSeq", b"one INVITE"), 400, "CSeq is not"),
        (with_header(INVITE, b"CSeq", b"2147483648 INVITE"), 400, "CSeq is not"),
        (with_header(INVITE, b"CSeq", b"1 INFO"), 400, "CSeq names INFO in a request of INVITE"),
        (INVITE.replace(b"CSeq:", b"f: <sip:eve>\r\nCSeq:"), 400, "from comes more than once"),
        (INVITE.replace(b"CSeq:", b"i: other\r\nCSeq:"), 400, "call-id comes more than once"),
        (INVITE.replace(b"INVITE", b"SUBSCRIBE"), 405, "SUBSCRIBE"),
        (INVITE.replace(b"INVITE", b"REGISTER"), 405, "REGISTER"),
        (INVITE.replace(b"INVITE", b"FETCH"), 501, "FETCH"),
        (INVITE.replace(b"INVITE", b"invite"), 501, "invite"),
        (INVITE.replace(b"INVITE", b"IN(ITE"), 400, "not a token"),
        (INVITE.replace(b" sip:2001@", b" http://2001@", 1), 416, "http"),
        (INVITE.replace(b" sip:2001@", b" 2001@", 1), 416, "2001@ctigw.example.com"),
        (with_header(INVITE, b"Require", b"timer, Foo, 100rel"), 420, "100rel, foo"),
        (with_header(INVITE, b"Contact", b"*"), 400, "Contact"),
        (with_header(INVITE, b"Contact", b"<sip:a b>"), 400, "Contact"),
        (with_header(INVITE, b"Contact", b"<sip:a\xa0>").replace(b"\xa0", b"\t"), 400, "Contact"),
    ],
)
def test_what_cannot_be_served_is_told_why(message: bytes, status: int, text: str) -> None:
    refused = judged(message)
    assert refused is not None
    assert refused.status == status
    assert text in refused.text


@pytest.mark.parametrize(
    "message",
    [
        INVITE.replace(b"sip:2001@", b"SIPS:2001@", 1),
        INVITE.replace(b" sip:2001@ctigw.example.com", b" tel:2001", 1),
        INVITE.replace(b"SIP/2.0\r\n", b"sip/2.0\r\n", 1),
        with_header(INVITE, b"Require", b"timer"),
        with_header(INVITE, b"Contact", None),
        with_header(INVITE, b"Max-Forwards", b"0"),
        INVITE.replace(b"CSeq:", b"i: a3f0077597a645ed91dfed3b\r\nCSeq:"),
        with_header(capture("ack"), b"Require", b"foo"),
        with_header(capture("cancel"), b"Require", b"foo"),
        with_header(INFO, b"Contact", b"*"),
    ],
)
def test_what_is_odd_but_clear_is_served(message: bytes) -> None:
    assert judged(message) is None


def test_a_request_never_stamped_with_its_source_has_no_via() -> None:
    frame = frame_of(INVITE)
    message = parse(frame.head, frame.body)
    assert isinstance(message, Request)
    refused = refusal(message)
    assert refused is not None
    assert refused.status == 400


def test_a_method_not_served_is_told_what_is() -> None:
    refused = judged(INVITE.replace(b"INVITE", b"REFER"))
    assert refused is not None
    assert refused.headers == b"Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS\r\n"


def test_an_extension_not_served_is_named() -> None:
    refused = judged(with_header(INVITE, b"Require", b"100rel"))
    assert refused is not None
    assert refused.headers == b"Unsupported: 100rel\r\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain words", b'Reason: SIP;cause=400;text="plain words"\r\n'),
        ('a "quoted" \\ word', b"Reason: SIP;cause=400;text=\"a 'quoted' / word\"\r\n"),
        ("line\r\nEvil: x", b'Reason: SIP;cause=400;text="line??Evil: x"\r\n'),
        ("x" * 500, b'Reason: SIP;cause=400;text="' + b"x" * 200 + b'"\r\n'),
    ],
)
def test_a_reason_is_one_header_line_whatever_its_words_are(text: str, line: bytes) -> None:
    assert reason(400, text) == line
