"""A dialog alone: what the peer gave goes back byte for byte, routes strict and loose, targets, numbers."""

import pytest

from sip import Dialog, Flow, Request, Target, Transport
from sip.dialog import route_set
from tests.sip.peers import capture, request_of

FRONT_END = b"<sip:fe.example.com:5060;transport=tcp;ms-role-rs-from;lr;ms-route-sig=aaBB/+cc==>"
INNER = b"<sip:inner.example.com;lr>"
STRICT = b"<sip:old.example.com:5070;transport=tcp>"
ALICE = b"sip:alice@example.com;opaque=user:epid:xyz;gruu"


def flow_of(transport: Transport = Transport.TCP) -> Flow:
    return Flow(transport, ("192.0.2.21", 5060), ("192.0.2.5", 1834))


def dialog_of(*routes: bytes, target: bytes = ALICE, flow: Flow | None = None) -> Dialog:
    return Dialog(
        call_id=b"a3f0077597a645ed91dfed3b",
        local=b"<sip:2001@ctigw.example.com>;tag=gw2",
        local_tag=b"gw2",
        remote=b'"Alice" <sip:alice@example.com>;tag=9708e2;epid=bd23d9',
        remote_tag=b"9708e2",
        target=target,
        routes=routes,
        contact=b"<sip:2001@192.0.2.21:5060;transport=tcp>",
        flow=flow or flow_of(),
    )


def info_in(dialog: Dialog) -> Request:
    via = dialog.flow.via + b"z9hG4bKgw1"
    return request_of(dialog.compose(b"INFO", via, dialog.next_cseq(), b"X-Own: y\r\n", b"body"))


def test_a_request_within_the_dialog_says_all_that_belongs_to_it() -> None:
    request = info_in(dialog_of(FRONT_END))
    assert (request.method, request.uri) == (b"INFO", ALICE)
    assert request.vias == [b"SIP/2.0/TCP 192.0.2.21:5060;branch=z9hG4bKgw1"]
    assert request.get(b"from") == b"<sip:2001@ctigw.example.com>;tag=gw2"
    assert request.get(b"to") == b'"Alice" <sip:alice@example.com>;tag=9708e2;epid=bd23d9'
    assert request.get(b"call-id") == b"a3f0077597a645ed91dfed3b"
    assert request.get(b"contact") == b"<sip:2001@192.0.2.21:5060;transport=tcp>"
    assert request.get(b"max-forwards") == b"70"
    assert request.cseq == (1, b"INFO")
    assert (request.get(b"x-own"), request.body) == (b"y", b"body")


def test_our_numbers_rise_by_one() -> None:
    dialog = dialog_of()
    assert [info_in(dialog).cseq for _ in range(3)] == [(1, b"INFO"), (2, b"INFO"), (3, b"INFO")]


def test_the_route_set_goes_back_verbatim_with_its_signature() -> None:
    request = info_in(dialog_of(FRONT_END, INNER))
    assert request.lines(b"route") == [FRONT_END, INNER]
    assert request.uri == ALICE


def test_the_route_set_is_taken_in_the_order_received() -> None:
    lines = [FRONT_END + b", " + INNER, STRICT]
    assert route_set(lines) == (FRONT_END, INNER, STRICT)
    assert route_set(request_of(capture("invite")).lines(b"record-route")) == (FRONT_END,)
    assert route_set([]) == ()


def test_a_strict_first_router_becomes_the_request_uri_and_the_target_the_last_route() -> None:
    request = info_in(dialog_of(STRICT, INNER))
    assert request.uri == b"sip:old.example.com:5070;transport=tcp"
    assert request.lines(b"route") == [INNER, b"<" + ALICE + b">"]


def test_a_first_router_without_a_usable_uri_is_not_made_the_request_uri() -> None:
    request = info_in(dialog_of(b"<sip:old.example.com; transport=tcp>"))
    assert (request.uri, request.lines(b"route")) == (ALICE, [b"<sip:old.example.com; transport=tcp>"])


@pytest.mark.parametrize(
    ("contact", "target"),
    [
        (b"<sip:alice@192.0.2.30:5061;transport=tls>", b"sip:alice@192.0.2.30:5061;transport=tls"),
        (b"<sip:alice@;opaque=user:epid:new;gruu>;+sip.x", b"sip:alice@;opaque=user:epid:new;gruu"),
        (b"sip:alice@192.0.2.30;q=1", b"sip:alice@192.0.2.30"),
        (b"", ALICE),
        (b"*", ALICE),
        (b"<sip:alice @example.com>", ALICE),
    ],
)
def test_a_refresh_moves_the_target_where_it_names_one(contact: bytes, target: bytes) -> None:
    dialog = dialog_of(FRONT_END)
    info_in(dialog)
    dialog.set_target(contact)
    assert info_in(dialog).uri == target
    assert info_in(dialog).lines(b"route") == [FRONT_END]


@pytest.mark.parametrize(
    ("routes", "target", "hop"),
    [
        ((FRONT_END, INNER), ALICE, Target(Transport.TCP, "fe.example.com", 5060)),
        ((STRICT,), ALICE, Target(Transport.TCP, "old.example.com", 5070)),
        ((), b"sip:alice@192.0.2.30:5080", Target(Transport.TCP, "192.0.2.30", 5080)),
        ((), b"sip:alice@192.0.2.30;transport=UDP", Target(Transport.UDP, "192.0.2.30", 5060)),
        ((), b"sip:alice@192.0.2.30;transport=carrier-pigeon", Target(Transport.TCP, "192.0.2.30", 5060)),
        ((b"<sip:fe;transport;lr>",), ALICE, Target(Transport.TCP, "fe", 5060)),
        ((), b"sips:alice@192.0.2.30", Target(Transport.TLS, "192.0.2.30", 5061)),
        ((), b"sip:alice@h;maddr=192.0.2.20;transport=tls", Target(Transport.TLS, "192.0.2.20", 5061)),
        ((), b"sip:alice@[2001:db8::1]:5080", Target(Transport.TCP, "2001:db8::1", 5080)),
        ((), b"sip:alice@;gruu", None),
        ((b"<sip:;lr>",), ALICE, None),
        ((), b"tel:2001", None),
        ((), b"sip:alice@h:99999", None),
    ],
)
def test_the_next_hop_is_the_first_route_or_the_target(
    routes: tuple[bytes, ...], target: bytes, hop: Target | None
) -> None:
    assert dialog_of(*routes, target=target).next_hop() == hop


def test_the_next_hop_keeps_the_transport_of_the_flow_where_none_is_named() -> None:
    flow = flow_of(Transport.TLS)
    assert dialog_of(target=b"sip:alice@fe", flow=flow).next_hop() == Target(Transport.TLS, "fe", 5061)


def test_numbers_of_the_peer_may_be_equal_and_jump_but_not_fall() -> None:
    dialog = dialog_of()
    assert [dialog.accepts_cseq(number) for number in (7, 7, 9, 8, 1, 9, 100)] == [
        True,
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_numbers_of_the_peer_may_begin_anew_once_after_an_invite() -> None:
    dialog = dialog_of()
    assert dialog.accepts_cseq(9)
    dialog.may_restart()
    assert [dialog.accepts_cseq(number) for number in (10, 2, 3, 2, 4)] == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("transport", "local", "via", "contact"),
    [
        (
            Transport.TCP,
            ("192.0.2.21", 5060),
            b"SIP/2.0/TCP 192.0.2.21:5060;branch=",
            "192.0.2.21:5060;transport=tcp",
        ),
        (
            Transport.TLS,
            ("gw.example.com", 5062),
            b"SIP/2.0/TLS gw.example.com:5062;branch=",
            "gw.example.com:5062;transport=tls",
        ),
        (
            Transport.UDP,
            ("2001:db8::1", 5060),
            b"SIP/2.0/UDP [2001:db8::1]:5060;branch=",
            "[2001:db8::1]:5060;transport=udp",
        ),
    ],
)
def test_a_flow_says_where_it_comes_from(
    transport: Transport, local: tuple[str, int], via: bytes, contact: str
) -> None:
    flow = Flow(transport, local, ("fe.example.com", 5060))
    assert (flow.via, flow.contact_address, flow.source) == (via, contact, b"fe.example.com")
    assert flow.reliable is (transport is not Transport.UDP)
    flow.connected(("192.0.2.5", 5060))
    assert (flow.remote, flow.source) == (("192.0.2.5", 5060), b"192.0.2.5")
