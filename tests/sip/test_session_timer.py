"""Session timers as tables: what is agreed (RFC 4028 table 2 and §9), how it is said, when it is due."""

import pytest

from sip.session_timer import IntervalTooSmall, SessionTimer, agreed, negotiate
from tests.sip.peers import capture, request_of, response_of, with_header

EXPIRES, MIN_SE = 1800, 90


def asked(supported: bytes, expires: bytes = b"", min_se: bytes = b"") -> bytes:
    message = with_header(capture("update"), b"Supported", supported or None)
    message = with_header(message, b"Session-Expires", expires or None)
    return with_header(message, b"Min-SE", min_se or None)


@pytest.mark.parametrize(
    ("supported", "expires", "min_se", "timer"),
    [
        # the peer knows timers
        (b"timer", b"", b"", SessionTimer(1800, False, True)),
        (b"timer", b"1800", b"", SessionTimer(1800, False, True)),
        (b"timer", b"1800;refresher=uac", b"", SessionTimer(1800, False, True)),
        (b"timer", b"1800;refresher=uas", b"", SessionTimer(1800, True, True)),
        (b"timer", b"1800 ; x=y ; Refresher = UAS", b"", SessionTimer(1800, True, True)),
        (b"path, Timer", b"600;refresher=uac", b"", SessionTimer(600, False, True)),
        (b"timer", b"90", b"", SessionTimer(90, False, True)),
        (b"timer", b"89", b"", IntervalTooSmall(90)),
        (b"timer", b"7200", b"", SessionTimer(1800, False, True)),
        (b"timer", b"7200", b"3600", SessionTimer(3600, False, True)),
        (b"timer", b"3000", b"3600", SessionTimer(3000, False, True)),
        (b"timer", b"", b"3600", SessionTimer(3600, False, True)),
        (b"timer", b"soon", b"", SessionTimer(1800, False, True)),
        (b"timer", b"99999999999", b"", SessionTimer(1800, False, True)),
        (b"timer", b"-5", b"", SessionTimer(1800, False, True)),
        # it does not: a proxy may still ask for one, and we refresh
        (b"", b"", b"", SessionTimer(1800, True, False)),
        (b"path", b"", b"", SessionTimer(1800, True, False)),
        (b"", b"1800", b"", SessionTimer(1800, True, False)),
        (b"", b"600;refresher=uac", b"", SessionTimer(600, True, False)),
        (b"", b"7200", b"", SessionTimer(1800, True, False)),
        (b"", b"60", b"", SessionTimer(90, True, False)),
    ],
)
def test_what_is_agreed_for_a_new_session(
    supported: bytes, expires: bytes, min_se: bytes, timer: SessionTimer | IntervalTooSmall
) -> None:
    assert negotiate(request_of(asked(supported, expires, min_se)), expires=EXPIRES, min_se=MIN_SE) == timer


@pytest.mark.parametrize(
    ("supported", "expires", "current", "timer"),
    [
        (b"timer", b"", SessionTimer(600, False, True), SessionTimer(600, False, True)),
        (b"timer", b"", SessionTimer(600, True, True), SessionTimer(600, True, True)),
        (b"", b"", SessionTimer(600, False, True), SessionTimer(600, False, False)),
        (b"", b"", SessionTimer(600, True, False), SessionTimer(600, True, False)),
        (b"timer", b"900;refresher=uac", SessionTimer(600, True, True), SessionTimer(900, False, True)),
        (b"timer", b"60", SessionTimer(600, False, True), IntervalTooSmall(90)),
    ],
)
def test_a_refresh_that_says_nothing_of_it_keeps_the_session_timer(
    supported: bytes, expires: bytes, current: SessionTimer, timer: SessionTimer | IntervalTooSmall
) -> None:
    request = request_of(asked(supported, expires))
    assert negotiate(request, expires=EXPIRES, min_se=MIN_SE, current=current) == timer


def test_a_client_without_timer_is_not_told_an_interval_is_too_small() -> None:
    request = request_of(asked(b"", b"300"))
    assert negotiate(request, expires=EXPIRES, min_se=600) == SessionTimer(300, True, False)


@pytest.mark.parametrize(
    ("timer", "headers"),
    [
        (SessionTimer(1800, False, True), b"Session-Expires: 1800;refresher=uac\r\nRequire: timer\r\n"),
        (SessionTimer(1800, True, True), b"Session-Expires: 1800;refresher=uas\r\nRequire: timer\r\n"),
        (SessionTimer(1800, True, False), b"Session-Expires: 1800;refresher=uas\r\n"),
    ],
)
def test_our_answer_states_it_and_requires_it_of_peers_that_know_it(
    timer: SessionTimer, headers: bytes
) -> None:
    assert timer.headers == headers


def test_our_own_refresh_says_that_we_go_on_refreshing() -> None:
    headers = SessionTimer(1800, True, False).request_headers
    assert headers == b"Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n"


@pytest.mark.parametrize(
    ("interval", "refresh", "over"), [(1800, 900, 1768), (96, 48, 64), (90, 45, 60), (600, 300, 568)]
)
def test_we_refresh_at_half_and_give_up_before_the_interval_ends(
    interval: int, refresh: float, over: float
) -> None:
    timer = SessionTimer(interval, True, True)
    assert (timer.refresh_after, timer.over_after) == (refresh, over)


@pytest.mark.parametrize(
    ("value", "timer"),
    [
        (b"1800;refresher=uac", SessionTimer(1800, True, True)),
        (b"1800;refresher=uas", SessionTimer(1800, False, True)),
        (b"1800", SessionTimer(1800, True, True)),
        (b"10", SessionTimer(90, True, True)),
        (b"never", None),
        (b"", None),
    ],
)
def test_what_an_answer_to_our_own_request_states(value: bytes, timer: SessionTimer | None) -> None:
    message = b"SIP/2.0 200 OK\r\nSession-Expires: " + value + b"\r\nContent-Length: 0\r\n\r\n"
    assert agreed(response_of(message)) == timer
