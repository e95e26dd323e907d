# ruff: noqa: E501 - a message is a line
"""Messages of the kinds that RFC 4475 and RFC 5118 describe, in our own words.

Each is served, refused with what is owed, or dropped; and the next good request is always served.
"""

from __future__ import annotations

import pytest

from sip import Framer, InviteReceived, OptionsReceived
from sip.framer import Frame, Limits, read_datagram

from .peers import Node, capture

BASE = {
    "Via": "SIP/2.0/TCP peer.example.com;branch=z9hG4bK-t",
    "From": "<sip:alice@example.com>;tag=a1",
    "To": "<sip:gw@example.com>",
    "Call-ID": "torture@example.com",
    "CSeq": "7 OPTIONS",
    "Max-Forwards": "70",
    "Content-Length": "0",
}
SERVED, DROPPED = 1, 0


def options(first: str = "OPTIONS sip:gw@example.com SIP/2.0", **changes: str | None) -> bytes:
    """An OPTIONS with some headers changed, added or (None) left out; `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {**BASE, **named}
    lines = [first, *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def with_lines(*lines: str) -> bytes:
    """An OPTIONS with further header lines."""
    return options().replace(b"\r\n\r\n", "".join(f"\r\n{line}" for line in lines).encode() + b"\r\n\r\n")


RFC_4475 = [
    # 3.1.1 valid, however odd
    ("white space and case", options(CSeq="  7   OPTIONS ").replace(b"Call-ID:", b"CALL-ID  :"), SERVED),
    ("compact forms", options().replace(b"Via:", b"v :").replace(b"From:", b"F:").replace(b"To:", b"t:"), SERVED),
    ("folded lines", options(From="<sip:alice@example.com>\r\n ;tag=a1"), SERVED),
    ("escapes in the URI", options("OPTIONS sip:sip%3Agw%40x@example.com;a=%41 SIP/2.0"), SERVED),
    ("an escaped NUL in the URI", options("OPTIONS sip:null-%00-null@example.com SIP/2.0"), SERVED),
    ("no space before <", options(To="gateway<sip:gw@example.com>"), SERVED),
    ("a quoted name with <, ; and tag=", options(From='"A <;tag=x>, \\"B" <sip:a@example.com>;tag=a1'), SERVED),
    ("a semicolon in the user part", options("OPTIONS sip:gw;par=u%40x@example.com SIP/2.0"), SERVED),
    ("an unknown transport in Via", options(Via="SIP/2.0/UNKNOWN peer;branch=z9hG4bK-u"), SERVED),
    ("several Vias in one line", options(Via="SIP/2.0/TCP a;branch=z9hG4bK-s, SIP/2.0/UDP b"), SERVED),
    ("unknown headers", with_lines("X-Odd!%*_+`'~: value", "NewFangled: \u00e9\u00e8"), SERVED),
    ("unknown parameters", options(Contact="<sip:a@h>;ob;x=y", Via="SIP/2.0/TCP p;branch=z9hG4bK-p;x;y=z"), SERVED),
    ("a long value", options(User_Agent="x" * 4000), SERVED),
    ("a Contact of many", with_lines(*(f"Contact: <sip:a{n}@example.com>" for n in range(60))), SERVED),
    ("a branch of the cookie alone", options(Via="SIP/2.0/TCP peer;branch=z9hG4bK"), SERVED),
    ("a Via without branch, as RFC 2543", options(Via="SIP/2.0/TCP peer.example.com"), SERVED),
    ("Max-Forwards 0 is for proxies", options(Max_Forwards="0"), SERVED),
    ("no Max-Forwards, as RFC 2543", options(Max_Forwards=None), SERVED),
    ("a bad Date", with_lines("Date: Fri, 01 Jan 2010 16:00:00 EST"), SERVED),
    ("Proxy-Require is for proxies", with_lines("Proxy-Require: nothingSupported"), SERVED),
    # 3.1.2 invalid
    ("a CSeq over 2**31", options(CSeq="36893488147419103232 OPTIONS"), 400),
    ("a CSeq of another method", options(CSeq="7 INVITE"), 400),
    ("a CSeq without number", options(CSeq="OPTIONS"), 400),
    ("the URI in <>", options("OPTIONS <sip:gw@example.com> SIP/2.0"), 416),
    ("a space in the URI", options("OPTIONS sip:gw@example.com; lr SIP/2.0"), 400),
    ("two spaces in the request line", options("OPTIONS  sip:gw@example.com  SIP/2.0"), 400),
    ("a space after the version", options("OPTIONS sip:gw@example.com SIP/2.0 "), 400),
    ("another version", options("OPTIONS sip:gw@example.com SIP/7.0"), 505),
    ("an unknown method", options("NEWMETHOD sip:gw@example.com SIP/2.0", CSeq="7 NEWMETHOD"), 501),
    ("a method of the widest characters", options("!int%*_+`'~ sip:gw SIP/2.0", CSeq="7 !int%*_+`'~"), 501),
    ("a method that is no token", options("OPT,IONS sip:gw SIP/2.0", CSeq="7 OPT,IONS"), 400),
    ("a known method not served here", options("REGISTER sip:gw SIP/2.0", CSeq="7 REGISTER"), 405),
    ("an unknown scheme", options("OPTIONS nobodyknows:gw SIP/2.0"), 416),
    ("a required extension", with_lines("Require: nothingSupported, noneOfIt"), 420),
    ("no From", options(From=None), 400),
    ("no Call-ID", options(Call_ID=None), 400),
    ("an empty To", options(To=""), 400),
    ("two different From", with_lines("From: <sip:bob@example.com>;tag=b"), 400),
    ("two different Call-ID", with_lines("Call-ID: another"), 400),
    ("a header line without colon", with_lines("this is no header"), 400),
    ("a header without name", with_lines(": value"), 400),
    ("a Via that is none", options(Via="nonsense"), 400),
    ("no Via: nobody to answer", options(Via=None), DROPPED),
    # responses that belong to nothing
    ("a response to nothing", options("SIP/2.0 200 OK"), DROPPED),
    ("a status beyond all", options("SIP/2.0 4294967301 better not break the receiver"), DROPPED),
    ("a response without phrase", options("SIP/2.0 200"), DROPPED),
    ("a phrase beyond ASCII", options("SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e"), DROPPED),
]  # fmt: skip

RFC_5118 = [
    ("an IPv6 reference in the URI", options("OPTIONS sip:gw@[2001:db8::10] SIP/2.0"), SERVED),
    ("with a port", options("OPTIONS sip:gw@[2001:db8::10]:5070 SIP/2.0"), SERVED),
    ("port ambiguity without brackets", options("OPTIONS sip:gw@2001:db8::10:5070 SIP/2.0"), SERVED),
    ("sent-by is an IPv6 reference", options(Via="SIP/2.0/TCP [2001:db8::9:1]:6050;branch=z9hG4bK-6"), SERVED),
    ("received with brackets", options(Via="SIP/2.0/TCP [2001:db8::9]:6;received=[2001:db8::9];branch=z9hG4bK-7"), SERVED),
    ("received without", options(Via="SIP/2.0/TCP [2001:db8::9]:6;received=2001:db8::9;branch=z9hG4bK-8"), SERVED),
    ("an IPv4-mapped Contact", options(Contact="<sip:a@[::ffff:192.0.2.2]:5060>"), SERVED),
    ("a Contact without brackets", options(Contact="<sip:a@2001:db8::1>"), SERVED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message", "expected"), RFC_4475 + RFC_5118, ids=lambda value: str(value)[:50]
)
def test_each_message_gets_what_it_is_owed_and_the_next_one_is_served(
    name: str, message: bytes, expected: int
) -> None:
    node = Node()
    events = node.receive(message, capture("invite"))
    assert isinstance(events[-1], InviteReceived), name
    if expected == SERVED:
        served = events[0]
        assert isinstance(served, OptionsReceived)
        node.agent.respond(served.transaction, 200, node.now)
        assert node.statuses() == [200]
    else:
        assert not any(isinstance(event, OptionsReceived) for event in events)
        answers = node.sent()
        assert [getattr(answer, "status", 0) for answer in answers] == [expected] * (expected != DROPPED)
        assert all(answer.get(b"reason") for answer in answers)


@pytest.mark.parametrize(
    ("name", "message", "expected"), RFC_4475 + RFC_5118, ids=lambda value: str(value)[:50]
)
def test_the_result_does_not_depend_on_how_the_stream_is_cut(
    name: str, message: bytes, expected: int
) -> None:
    whole = Framer().receive_data(message)
    for cut in range(len(message)):
        framer = Framer()
        assert framer.receive_data(message[:cut]) + framer.receive_data(message[cut:]) == whole, (name, cut)


DATAGRAMS = [
    ("bytes after the body are not of the message", options() + b"INVITE sip:x SIP/2.0\r\n\r\n", b"", None),
    ("without Content-Length the rest is the body", options(Content_Length=None) + b"rest", b"rest", None),
    ("a body shorter than announced", options(Content_Length="9999") + b"short", b"", "TRUNCATED"),
    ("a negative length", options(Content_Length="-999"), b"", "BAD_LENGTH"),
    ("two different lengths", with_lines("Content-Length: 5") + b"12345", b"", "BAD_LENGTH"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "body", "fault"), DATAGRAMS, ids=lambda value: str(value)[:40])
def test_lengths_in_datagrams(name: str, data: bytes, body: bytes, fault: str | None) -> None:
    frame = read_datagram(data, Limits())
    assert isinstance(frame, Frame)
    assert (frame.body, frame.fault.name if frame.fault else None) == (body, fault), name


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\x00\x01\x02", b"OPTIONS sip:gw SIP/2.0\r\nVia: x"])
def test_what_is_no_message_is_no_frame(data: bytes) -> None:
    assert read_datagram(data, Limits()) is None
