"""Who asks: what From says, or what a listed peer asserts; everybody else is told why not."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstagw.caller import FROM, Caller, Identity
from cstagw.errors import NotAuthorized
from sip import Request, parse

ASSERTED = Identity(
    True,
    tuple(map(ip_network, ["10.0.0.5", "192.0.2.0/24", "2001:db8::/32", "fe80::/10", "::ffff:10.9.0.1"])),
)
PEER = "10.0.0.5"
IDENTITY = "P-Asserted-Identity: <sip:alice@example.com>"


def invite(*lines: str | bytes) -> Request:
    """Of these header lines."""
    encoded = [line if isinstance(line, bytes) else line.encode() for line in lines]
    request = parse(b"\r\n".join([b"INVITE sip:gateway SIP/2.0", *encoded]), b"")
    assert isinstance(request, Request)
    return request


def refusal(identity: Identity, request: Request, source: str = PEER) -> str:
    with pytest.raises(NotAuthorized) as caught:
        identity.caller(request, source)
    return str(caught.value)


# From


@pytest.mark.parametrize(
    ("value", "uri", "key"),
    [
        ("<sip:alice@example.com>;tag=1", "sip:alice@example.com", "alice@example.com"),
        ("sip:alice@example.com;tag=1", "sip:alice@example.com", "alice@example.com"),
        ('"Smith, Alice" <SIP:Alice@Example.COM>;tag=1', "SIP:Alice@Example.COM", "alice@example.com"),
        ('"<sip:bob@example.com>" <sip:alice@example.com>', "sip:alice@example.com", "alice@example.com"),
        (
            "Alice <sips:alice@example.com;user=phone>",
            "sips:alice@example.com;user=phone",
            "alice@example.com",
        ),
        ("<sip:alice@example.com>;tag=1;epid=ab", "sip:alice@example.com", "alice@example.com"),
        ("<tel:+14255551001>;tag=1", "tel:+14255551001", "tel:+14255551001"),
        ("<sip:müller@example.com>", "sip:müller@example.com", "müller@example.com"),
    ],
)
def test_the_user_of_from(value: str, uri: str, key: str) -> None:
    assert FROM.caller(invite(f"From: {value}"), "203.0.113.9") == Caller(uri, key)


def test_the_short_name_of_the_header_is_the_same() -> None:
    assert FROM.caller(invite("f: <sip:alice@example.com>"), "").key == "alice@example.com"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("To: <sip:alice@example.com>", "From names no user"),
        ("From: ", "From names no user"),
        ("From: <>", "From names no user"),
        ("From: Alice Smith", "From: user 'Alice Smith' is not a SIP address"),
        ("From: <sip:@example.com>", "From: user 'sip:@example.com' is not a SIP address"),
        ("From: <sip:al ice@example.com>", "is not a SIP address"),
        (b"From: <sip:\xff @x>", "is not a SIP address"),
    ],
)
def test_a_from_that_names_nobody(line: str | bytes, text: str) -> None:
    assert text in refusal(FROM, invite(line))


def test_an_endless_address_is_cut_in_what_is_said() -> None:
    assert len(refusal(FROM, invite(f"From: <sip:{'a b' * 1000}>"))) < 250


def test_what_is_asserted_does_not_count_where_from_does() -> None:
    request = invite("From: <sip:bob@example.com>", IDENTITY)
    assert FROM.caller(request, PEER).key == "bob@example.com"


# P-Asserted-Identity


@pytest.mark.parametrize(
    "lines",
    [
        [IDENTITY],
        ['P-Asserted-Identity: "Alice" <sip:Alice@example.com;x=1>'],
        ["P-Asserted-Identity: sip:alice@example.com"],
        ["P-Asserted-Identity: <tel:+14255551001>, <sips:alice@example.com>"],
        ["P-Asserted-Identity: <sip:alice@example.com>, <tel:+14255551001>"],
        ["P-Asserted-Identity: <tel:+14255551001>", IDENTITY],
        ['P-Asserted-Identity: "Smith, Alice" <sip:alice@example.com>, <tel:+1>'],
        ["p-asserted-identity: <SIP:alice@example.com>"],
    ],
)
def test_the_user_whom_a_listed_peer_asserts(lines: list[str]) -> None:
    request = invite("From: <sip:bob@example.com>", *lines)
    assert ASSERTED.caller(request, PEER).key == "alice@example.com"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["P-Asserted-Identity: <tel:+14255551001>"],
        ["P-Asserted-Identity: "],
        ["P-Preferred-Identity: <sip:alice@example.com>"],
        ['P-Asserted-Identity: "sip:alice@example.com" <tel:+1>'],
    ],
)
def test_a_listed_peer_that_asserts_nobody(lines: list[str]) -> None:
    request = invite("From: <sip:bob@example.com>", *lines)
    assert refusal(ASSERTED, request) == f"{PEER} sent no P-Asserted-Identity with a SIP address"


@pytest.mark.parametrize("uri", ["sip:", "sip:@x", "sip:a b@x"])
def test_a_listed_peer_that_asserts_no_address(uri: str) -> None:
    assert refusal(ASSERTED, invite(f"P-Asserted-Identity: <{uri}>")).startswith("P-Asserted-Identity")


@pytest.mark.parametrize(
    "source",
    [
        "10.0.0.5",
        "::ffff:10.0.0.5",  # IPv4 as a listener on IPv6 sees it
        "::FFFF:192.0.2.77",
        "::ffff:10.9.0.1",  # listed as it is logged
        "2001:db8:1::9",
        "fe80::1%eth0",
        "fe80::1",
    ],
)
def test_peers_that_are_listed(source: str) -> None:
    assert ASSERTED.caller(invite(IDENTITY), source).key == "alice@example.com"


@pytest.mark.parametrize(
    "source",
    ["10.0.0.6", "192.0.3.1", "::ffff:10.0.0.6", "::10.0.0.5", "2001:db9::1", "::1", "", "gw", "%10.0.0.5"],
)
def test_peers_that_are_not(source: str) -> None:
    text = refusal(ASSERTED, invite("From: <sip:alice@example.com>", IDENTITY), source)
    assert text == f"{source} may not assert identities: it is not in [authorization] peers"


def test_without_a_list_nobody_may() -> None:
    assert "may not assert identities" in refusal(Identity(True), invite(IDENTITY))


@given(st.binary(max_size=40), st.booleans())
def test_any_header_names_a_user_or_is_refused(value: bytes, asserted: bool) -> None:
    name = b"P-Asserted-Identity: " if asserted else b"From: "
    request = invite(name + value.translate(None, b"\r\n\0"))
    try:
        caller = (ASSERTED if asserted else FROM).caller(request, PEER)
    except NotAuthorized:
        return
    assert caller.key
