"""One message: spellings that mean the same, what is kept as it came, what is echoed, and what is no SIP."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip import NotSip, Request, Response, parse
from sip.validation import refusal
from tests.sip.peers import CAPTURES, capture, frame_of, request_of, response_of

NAMES = sorted(path.stem for path in CAPTURES.glob("*.sip"))
HEAD = (
    b"INFO sip:gw SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n"
    b"From: <sip:a>;tag=1\r\nTo: <sip:b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INFO"
)


def request(*headers: bytes, head: bytes = HEAD, body: bytes = b"") -> Request:
    message = parse(b"\r\n".join([head, *headers]), body)
    assert isinstance(message, Request)
    return message


@pytest.mark.parametrize("name", NAMES)
def test_every_capture_is_a_request_that_can_be_served(name: str) -> None:
    message = request_of(capture(name))
    message.received_from(b"192.0.2.5", 1834)
    assert refusal(message) is None
    assert message.cseq is not None


def test_a_request_is_read() -> None:
    message = request_of(capture("info_features"))
    assert (message.method, message.version) == (b"INFO", b"SIP/2.0")
    assert message.uri == b"sip:2001@gw1.example.com:5060;transport=tcp"
    assert message.cseq == (2, b"INFO")
    assert message.get(b"call-id") == b"a3f0077597a645ed91dfed3b"
    assert message.get(b"x-absent") == b""
    assert message.body.startswith(b"<?xml")
    assert message.vias == [
        b"SIP/2.0/TCP fe.example.com:1834;branch=z9hG4bK77A3.0",
        b"SIP/2.0/TLS 192.0.2.10:51063",
    ]


def test_a_response_is_read() -> None:
    message = parse(b"SIP/2.0 480 Temporarily not here\r\nCSeq: 3 INFO\r\nVia: SIP/2.0/TCP a", b"")
    assert isinstance(message, Response)
    assert (message.status, message.phrase, message.cseq) == (480, b"Temporarily not here", (3, b"INFO"))
    assert response_of(b"sip/2.0 200\r\nContent-Length: 0\r\n\r\n").status == 200


@pytest.mark.parametrize("name", ["compact", "folded"])
def test_compact_and_folded_spellings_say_the_same(name: str) -> None:
    plain, other = request_of(capture("info_features")), request_of(capture(name))
    for header in (b"call-id", b"max-forwards"):
        assert other.get(header) == plain.get(header)
    assert (other.cseq, other.body, len(other.vias)) == (plain.cseq, plain.body, 2)
    assert other.get(b"content-type").lower() == plain.get(b"content-type")
    assert b"".join(other.get(b"from").split()) == plain.get(b"from")
    assert other.problem == ""


def test_a_header_that_nobody_knows_is_kept() -> None:
    message = request(b"X-Unheard-Of: 1", b"x-unheard-of: 2", b"ms-Thing:")
    assert message.get(b"x-unheard-of") == b"1"
    assert message.values(b"x-unheard-of") == [b"1", b"2"]
    assert message.get(b"ms-thing") == b""


def test_repeated_and_comma_separated_values_are_the_same() -> None:
    message = request(
        b"Record-Route: <sip:a;lr>, <sip:b,c;lr>",
        b"RECORD-ROUTE: <sip:d;lr>",
        b"Supported: timer, a",
        b"k: B",
    )
    assert message.lines(b"record-route") == [b"<sip:a;lr>, <sip:b,c;lr>", b"<sip:d;lr>"]
    assert message.values(b"record-route") == [b"<sip:a;lr>", b"<sip:b,c;lr>", b"<sip:d;lr>"]
    assert message.options(b"supported") == {b"timer", b"a", b"b"}
    assert message.options(b"require") == set()
    assert message.lines(b"require") == []


def test_what_must_be_echoed_goes_back_byte_for_byte() -> None:
    message = request_of(capture("folded").replace(b"tag=gw2", b"tag=gw2;odd= \x80\xff%41"))
    message.received_from(b"192.0.2.5", 1834)
    answer = response_of(message.response(200, b"", b"Contact: <sip:gw>\r\n", b"body"))
    for name in (b"from", b"to", b"call-id", b"cseq"):
        assert answer.get(name) == message.get(name)
    assert answer.vias == message.vias
    assert answer.vias[0].endswith(b";branch=z9hG4bKfolded;received=192.0.2.5")
    assert (answer.status, answer.phrase, answer.body) == (200, b"OK", b"body")
    assert answer.get(b"contact") == b"<sip:gw>"


def test_an_answer_adds_a_tag_and_goes_without_a_phrase_it_does_not_know() -> None:
    message = request(head=HEAD.replace(b";tag=2", b""))
    assert response_of(message.response(180, b"gw1")).get(b"to") == b"<sip:b>;tag=gw1"
    assert message.response(499).startswith(b"SIP/2.0 499 \r\n")


@pytest.mark.parametrize("missing", [b"From", b"To", b"Call-ID", b"CSeq"])
def test_an_answer_to_an_incomplete_request_echoes_what_there_is(missing: bytes) -> None:
    lines = [line for line in HEAD.split(b"\r\n") if not line.startswith(missing)]
    answer = request(head=b"\r\n".join(lines)).response(400)
    assert missing + b":" not in answer
    assert answer.count(b"\r\n") == 1 + 4 + 1 + 1


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1",
        b"hello",
        b"INFO sip:a",
        b" sip:a SIP/2.0",
        b"SIP/2.0 OK",
        b"SIP/2.0 99 no",
        b"SIP/2.0 2000 no",
        b"SIP/2.0 700 no",
        b"SIP/2.0",
        b"SIP/3.0 200 OK",
        b"INFO sip:a SIP/2.0\r\n folded start line",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_has_no_start_line_is_no_sip(head: bytes) -> None:
    with pytest.raises(NotSip):
        parse(head, b"")


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (HEAD.replace(b"INFO sip", b"INFO  sip", 1), "one space"),
        (HEAD.replace(b"sip:gw", b"sip:gw x", 1), "one space"),
        (HEAD.replace(b"sip:gw", b"", 1), "one space"),
        (HEAD + b"\r\nno colon", "name and a colon"),
        (HEAD + b"\r\n: no name", "name and a colon"),
        (HEAD + b"\r\nSpaced name: x", "name and a colon"),
        (HEAD + b"\r\nN\xe4me: x", "name and a colon"),
        (HEAD + b"\r\nA: b\nEvil: c", "CR, LF or NUL"),
        (HEAD + b"\r\nA: b\rEvil: c", "CR, LF or NUL"),
        (HEAD + b"\r\nA: b\0", "CR, LF or NUL"),
        (HEAD + b"\r", "CR, LF or NUL"),
        (HEAD + b"\n", "CR, LF or NUL"),
        (HEAD + b"\r \n", "CR, LF or NUL"),
        (HEAD + b"\r\n", "CR, LF or NUL"),
        (HEAD + b"\n folded\r\n too", "CR, LF or NUL"),
        (b"INFO sip:gw\n SIP/2.0" + HEAD[19:], "one space"),
    ],
)
def test_a_request_that_cannot_be_represented_says_why(head: bytes, problem: str) -> None:
    assert problem in request(head=head).problem


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\0", b"\n\r"])
def test_a_bare_line_end_makes_no_header_line_in_the_answer(line_end: bytes) -> None:
    message = request(head=HEAD.replace(b";tag=1", b";tag=1" + line_end + b"Evil: yes"))
    answer = message.response(400)
    assert b"tag=1 " in answer
    assert b"\nEvil" not in answer
    assert b"\rEvil" not in answer
    assert b"\0" not in answer


NOISE = st.lists(
    st.sampled_from(
        [
            b"\r\n",
            b"\r",
            b"\n",
            b"\0",
            b" ",
            b":",
            b"Via: ",
            b"v:",
            b"From: x",
            b"To:",
            b"CSeq: 1 INFO",
            b"i: c",
        ]
    )
    | st.binary(max_size=6),
    max_size=25,
).map(b"".join)


@given(NOISE)
def test_noise_is_no_sip_or_a_request_with_an_answer_of_whole_lines(noise: bytes) -> None:
    message = request(
        head=b"INFO sip:gw SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=b\r\nX: y" + noise.replace(b"\r\n\r\n", b"")
    )
    message.received_from(b"192.0.2.5", 9)
    head = message.response(400, b"tag").removesuffix(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert len(lines) <= 1 + len(message.vias) + 4 + 1
    assert not any(byte in head.replace(b"\r\n", b"") for byte in b"\r\n\0")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_no_sip(head: bytes) -> None:
    try:
        parse(head, b"")
    except NotSip:
        return


def test_a_message_taken_apart_and_put_together_is_the_same_frame() -> None:
    frame = frame_of(capture("invite"))
    message = parse(frame.head, frame.body)
    assert isinstance(message, Request)
    assert message.lines(b"record-route")[0] in frame.head


@pytest.mark.parametrize("value", [b" " * 8000, b"\r\n " * 4000, b"a\r\n\t" * 3000, b" \t" * 4000 + b"\r"])
def test_long_folds_are_read_in_linear_time(value: bytes) -> None:
    begin = time.process_time()
    parse(HEAD + b"\r\nSubject: x\r\n y" + value, b"")
    assert time.process_time() - begin < 0.2
