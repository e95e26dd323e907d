"""Header values looked into: what is read, what is kept as it was, and no bytes that make a parser fail."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.headers import (
    SipUri,
    Via,
    branch_of,
    is_loose,
    is_token,
    is_uri,
    option_tags,
    parameters_of,
    parse_cseq,
    parse_sip_uri,
    parse_via,
    split_values,
    stamp_via,
    tag_of,
    uri_of,
)


@pytest.mark.parametrize(
    ("value", "via"),
    [
        (b"SIP/2.0/TCP fe:5060;branch=z9hG4bK1", Via(b"TCP", b"fe:5060", b"z9hG4bK1", False)),
        (b"SIP/2.0/TLS 192.0.2.10:51063", Via(b"TLS", b"192.0.2.10:51063", None, False)),
        (b"SIP/2.0/TCP fe;branch=a.b;branched=FALSE", Via(b"TCP", b"fe", b"a.b", False)),
        (b"SIP/2.0/UDP [2001:db8::1]:5060;rport;branch=x", Via(b"UDP", b"[2001:db8::1]:5060", b"x", True)),
        (b"SIP/2.0/UDP fe;branch=x;rport", Via(b"UDP", b"fe", b"x", True)),
        (b"SIP/2.0/UDP fe;branch=x;rport=5060", Via(b"UDP", b"fe", b"x", False)),
        (b"SIP/2.0/UDP fe;branch=x;rportage", Via(b"UDP", b"fe", b"x", False)),
        (b"SIP / 2.0 / tcp  fe : 5060 ; Branch = x ; RPORT", Via(b"tcp", b"fe:5060", b"x", True)),
        (b"sip/2.0/tcp fe;BRANCH=x", Via(b"tcp", b"fe", b"x", False)),
        (b"SIP/2.0/SCTP fe;branch=x", Via(b"SCTP", b"fe", b"x", False)),
        (b"SIP/2.0/TCP fe;branch=x, SIP/2.0/TCP b;rport;branch=y", Via(b"TCP", b"fe", b"x", False)),
        (b"SIP/2.0/TCP fe, SIP/2.0/TCP b;branch=y", Via(b"TCP", b"fe", None, False)),
        (b"SIP/2.0/TCP fe;branch=", Via(b"TCP", b"fe", None, False)),
        (b"SIP/3.0/TCP fe;branch=x", None),
        (b"SIP/2.0/TCP", None),
        (b"SIP/2.0/TCP ;branch=x", None),
        (b"HTTP/1.1 fe", None),
        (b"", None),
    ],
)
def test_the_topmost_via_is_read(value: bytes, via: Via | None) -> None:
    assert parse_via(value) == via


@pytest.mark.parametrize(
    ("value", "stamped"),
    [
        (b"SIP/2.0/TCP 192.0.2.5:1834;branch=x", b"SIP/2.0/TCP 192.0.2.5:1834;branch=x"),
        (b"SIP/2.0/TCP 192.0.2.5;branch=x", b"SIP/2.0/TCP 192.0.2.5;branch=x"),
        (b"SIP/2.0/TCP fe:1834;branch=x", b"SIP/2.0/TCP fe:1834;branch=x;received=192.0.2.5"),
        (b"SIP/2.0/TCP 10.0.0.1", b"SIP/2.0/TCP 10.0.0.1;received=192.0.2.5"),
        (
            b"SIP/2.0/UDP 192.0.2.5;rport;branch=x",
            b"SIP/2.0/UDP 192.0.2.5;rport=9;branch=x;received=192.0.2.5",
        ),
        (b"SIP/2.0/UDP fe;branch=x;rport", b"SIP/2.0/UDP fe;branch=x;rport=9;received=192.0.2.5"),
        (b"SIP/2.0/TCP fe;received=6.6.6.6;branch=x", b"SIP/2.0/TCP fe;branch=x;received=192.0.2.5"),
        (
            b"SIP/2.0/TCP fe;branch=x , SIP/2.0/TCP b;rport",
            b"SIP/2.0/TCP fe;branch=x;received=192.0.2.5, SIP/2.0/TCP b;rport",
        ),
    ],
)
def test_the_topmost_via_says_where_the_request_came_from(value: bytes, stamped: bytes) -> None:
    via = parse_via(value)
    assert via is not None
    assert stamp_via(value, via, b"192.0.2.5", 9) == stamped


def test_a_via_with_an_ipv6_host_is_compared_without_its_brackets() -> None:
    value = b"SIP/2.0/TCP [2001:db8::1]:5060;branch=x"
    via = parse_via(value)
    assert via is not None
    assert stamp_via(value, via, b"2001:db8::1", 9) == value


@pytest.mark.parametrize(
    ("value", "cseq"),
    [
        (b"1 INVITE", (1, b"INVITE")),
        (b"  7 \t INFO ", (7, b"INFO")),
        (b"0 ACK", (0, b"ACK")),
        (b"2147483647 INFO", (2147483647, b"INFO")),
        (b"2147483648 INFO", None),
        (b"99999999999 INFO", None),
        (b"-1 INFO", None),
        (b"INFO 1", None),
        (b"1", None),
        (b"1 INFO extra", None),
        (b"", None),
    ],
)
def test_cseq_is_a_number_and_a_method(value: bytes, cseq: tuple[int, bytes] | None) -> None:
    assert parse_cseq(value) == cseq


@pytest.mark.parametrize(
    ("value", "uri", "tag"),
    [
        (b"<sip:a@b>;tag=1", b"sip:a@b", b"1"),
        (b"<sip:a@b>;tag=1;epid=2", b"sip:a@b", b"1"),
        (b"<sip:a@b>;epid=2;tag=1", b"sip:a@b", b"1"),
        (b"<sip:a@b> ; Tag = 1 ", b"sip:a@b", b"1"),
        (b"<sip:a@b;tag=no>", b"sip:a@b;tag=no", b""),
        (b"<sip:a@b;tag=no>;tag=yes", b"sip:a@b;tag=no", b"yes"),
        (b'"A, B; <C>;tag=no" <sip:a@b>;tag=1', b"sip:a@b", b"1"),
        (b'"A \\" <x>;tag=no" <sip:a@b>;tag=1', b"sip:a@b", b"1"),
        (b'"A>;tag=no" <sip:a@b>;tag=1', b"sip:a@b", b"1"),
        (b'"A>;tag=no" <sip:a@b>', b"sip:a@b", b""),
        (b'<sip:a@b>;x=">;tag=no";tag=1', b"sip:a@b", b"1"),
        (b"Alice <sip:a@b>;tag=1", b"sip:a@b", b"1"),
        (b"sip:a@b;tag=1", b"sip:a@b", b"1"),
        (b"sip:a@b", b"sip:a@b", b""),
        (b"<sip:a@b", b"sip:a@b", b""),
        (b"", b"", b""),
    ],
)
def test_uri_and_tag_of_a_name_address(value: bytes, uri: bytes, tag: bytes) -> None:
    assert (uri_of(value), tag_of(value)) == (uri, tag)


def test_the_parameters_of_a_name_address_are_what_follows_its_uri() -> None:
    assert parameters_of(b'"x" <sip:a;b=c>;d=e;f') == b";d=e;f"
    assert parameters_of(b"sip:a;b=c") == b";b=c"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (b"sip:fe.example.com", SipUri(False, b"", b"fe.example.com", None, ())),
        (b"SIPS:a@b:5061", SipUri(True, b"a", b"b", 5061, ())),
        (b"sip:a:secret@b", SipUri(False, b"a:secret", b"b", None, ())),
        (b"sip:[2001:db8::1]:5060;lr", SipUri(False, b"", b"[2001:db8::1]", 5060, ((b"lr", b""),))),
        (
            b"sip:fe:5060;transport;ms-role-rs-from;LR;ms-route-sig=aa/bb+c==",
            SipUri(
                False,
                b"",
                b"fe",
                5060,
                (
                    (b"transport", b""),
                    (b"ms-role-rs-from", b""),
                    (b"lr", b""),
                    (b"ms-route-sig", b"aa/bb+c=="),
                ),
            ),
        ),
        (
            b"sip:alice@;opaque=user:epid:xyz;gruu",
            SipUri(False, b"alice", b"", None, ((b"opaque", b"user:epid:xyz"), (b"gruu", b""))),
        ),
        (b"sip:;gruu", SipUri(False, b"", b"", None, ((b"gruu", b""),))),
        (b"sip:a@b?Subject=x", SipUri(False, b"a", b"b", None, ())),
        (b"sip:a@b:0", None),
        (b"sip:a@b:65536", None),
        (b"sip:a@b:999999", None),
        (b"tel:2001", None),
        (b"sip:a b", None),
        (b"*", None),
    ],
)
def test_a_sip_uri_is_read_as_far_as_routing_needs_it(text: bytes, uri: SipUri | None) -> None:
    assert parse_sip_uri(text) == uri


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        (b"sip:a@b;gruu", True),
        (b"tel:2001", True),
        (b"sip:a b", False),
        (b"sip:a\tb", False),
        (b'sip:"a"', False),
        (b"sip:<a>", False),
        (b"*", False),
        (b"sip:", False),
        (b"", False),
    ],
)
def test_what_can_stand_as_a_request_uri(text: bytes, usable: bool) -> None:
    assert is_uri(text) is usable


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (b"<sip:a;lr>", [b"<sip:a;lr>"]),
        (b"<sip:a;lr>, <sip:b;lr>", [b"<sip:a;lr>", b"<sip:b;lr>"]),
        (b"<sip:a,b;lr>,<sip:c>", [b"<sip:a,b;lr>", b"<sip:c>"]),
        (b'"a, \\", b" <sip:a>, <sip:c>', [b'"a, \\", b" <sip:a>', b"<sip:c>"]),
        (b"a,,b,", [b"a", b"b"]),
    ],
)
def test_comma_separated_values_are_cut_outside_quotes_and_brackets(value: bytes, parts: list[bytes]) -> None:
    assert split_values(value) == parts


@pytest.mark.parametrize(
    ("route", "loose"),
    [
        (b"<sip:fe;lr>", True),
        (b"<sip:fe;transport;LR;ms-route-sig=x>", True),
        (b"<sip:fe;lr=true>", True),
        (b"<sip:fe;transport=tcp>", False),
        (b"<sip:fe>;lr", False),
        (b"<tel:1>", False),
    ],
)
def test_a_loose_router_says_lr_in_its_uri(route: bytes, loose: bool) -> None:
    assert is_loose(route) is loose


def test_option_tags_come_in_lower_case_from_every_line() -> None:
    assert option_tags([b"Timer, 100rel", b" path ", b","]) == {b"timer", b"100rel", b"path"}


def test_tokens_and_branches() -> None:
    assert is_token(b"z9hG4bK.1-2")
    assert not is_token(b"a b")
    assert not is_token(b"")
    assert branch_of(b"SIP/2.0/TCP a ; Branch = x ;rport") == b"x"
    assert branch_of(b"SIP/2.0/TCP a") == b""


PARSERS: list[Callable[[bytes], object]] = [
    branch_of,
    is_loose,
    is_token,
    is_uri,
    parameters_of,
    parse_cseq,
    parse_sip_uri,
    parse_via,
    split_values,
    tag_of,
    uri_of,
]
SPICY = st.lists(
    st.sampled_from(
        [b"sip:", b"<", b">", b'"', b"\\", b";", b",", b"tag=", b"SIP/2.0/TCP ", b"@", b":", b" ", b"[", b"9"]
    )
    | st.binary(max_size=4),
    max_size=20,
).map(b"".join)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@given(value=SPICY)
def test_no_bytes_make_a_parser_fail(parser: Callable[[bytes], object], value: bytes) -> None:
    parser(value)


@given(value=SPICY)
def test_no_via_that_can_be_read_makes_the_stamp_fail(value: bytes) -> None:
    via = parse_via(b"SIP/2.0/TCP a;branch=b" + value)
    assert via is not None
    assert b"received=192.0.2.5" in stamp_via(b"SIP/2.0/TCP a;branch=b" + value, via, b"192.0.2.5", 9)


#: Long values that make a careless pattern begin again at every byte.
LONG = [
    b" " * 8000,
    b"; " * 4000,
    b'"' + b'\\"' * 4000,
    b'"' * 8000,
    b"<" * 8000,
    b"sip:" + b"a" * 8000,
    b"sip:" + b"a:1" * 2600,
    b"SIP/2.0/TCP a" + b" " * 8000 + b"x",
    b"SIP/2.0/TCP " + b":1" * 4000 + b" x",
    b"<sip:a>;x=" + b'\\"' * 4000,
    b'<sip:a>;x="' + b'\\"' * 4000,
]


def test_long_values_are_read_in_linear_time() -> None:
    begin = time.process_time()
    for parser in PARSERS:
        for value in LONG:
            parser(value)
    assert time.process_time() - begin < 1.0
