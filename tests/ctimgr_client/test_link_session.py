"""How a link is opened, kept alive and given up: frames and time in, effects out. Nothing here waits."""

import pytest

from csta_xml import (
    CSTAErrorCode,
    ErrorCategory,
    Message,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    ResetApplicationSessionTimerPosResponse,
    SessionError,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    SystemRegister,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    decode_document,
)
from ctimgr_client.effects import (
    Lost,
    Opened,
    Send,
    Wake,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, FrameReader
from ctimgr_client.listener import Answer
from ctimgr_client.status import LinkState
from tests.ctimgr_client.peer import (
    ED3,
    ED6,
    EVENT,
    HOLD,
    INTERVAL,
    OUT_OF_SERVICE,
    PRIV5,
    TIMEOUT,
    Peer,
    carry_out,
    granted_session,
    kinds,
    lost,
    sent,
    wake_at,
)

# Opening


def test_it_opens_with_an_application_session_of_two_intervals() -> None:
    peer = Peer()
    start = StartApplicationSession(
        application_id="cstagw-node1", protocol_versions=(ED3,), duration=int(2 * INTERVAL)
    )
    assert sent(peer.opening) == [(0, start)]
    assert wake_at(peer.opening) == 100.0 + TIMEOUT


def test_a_secret_goes_with_it_and_is_nowhere_else() -> None:
    peer = Peer(secret="between-us")
    [(_, start)] = sent(peer.opening)
    assert isinstance(start, StartApplicationSession)
    assert (start.user, start.password) == ("cstagw-node1", "between-us")
    assert "between-us" not in repr(start)


def test_a_granted_session_is_in_service() -> None:
    effects = Peer().says(0, granted_session())
    assert effects[0] == Opened(LinkState.IN_SERVICE)


@pytest.mark.parametrize("version", [ED6, PRIV5])
def test_requests_are_written_in_the_edition_granted(version: str) -> None:
    peer = Peer().opened(version=version)
    [send, *_] = peer.link.request(HOLD, lambda _: None, peer.now)
    assert isinstance(send, Send)
    [frame] = FrameReader().receive_data(send.data)
    assert decode_document(frame.body).namespace == version


def test_a_version_that_is_no_edition_of_csta_changes_nothing() -> None:
    peer = Peer().opened(version="1.0")
    assert peer.asked()[0] == 1


def test_a_foreign_switch_speaks_first_and_is_registered_with() -> None:
    peer = Peer()
    status = SystemStatus(system_status=SystemStatusValue.ENABLED)
    assert sent(peer.says(4711, status)) == [
        (4711, SystemStatusResponse()),
        (1, SystemRegister(request_types=frozenset({"systemStatus"}))),
    ]
    registered = peer.says(1, SystemRegisterResponse(sys_stat_register_id="27"))
    assert registered[0] == Opened(LinkState.IN_SERVICE)


def test_a_foreign_switch_is_answered_in_its_own_edition() -> None:
    peer = Peer()
    effects = peer.says(1, SystemStatus(system_status=SystemStatusValue.NORMAL), ED6)
    wire = b"".join(effect.data for effect in effects if isinstance(effect, Send))
    editions = [decode_document(frame.body).namespace for frame in FrameReader().receive_data(wire)]
    assert editions == [ED6, ED6]


def test_a_foreign_switch_that_repeats_its_status_is_registered_with_once() -> None:
    peer = Peer()
    status = SystemStatus(system_status=SystemStatusValue.NORMAL)
    peer.says(1, status)
    assert sent(peer.says(2, status)) == [(2, SystemStatusResponse())]


def test_a_foreign_switch_may_refuse_the_session_it_does_not_know() -> None:
    peer = Peer()
    peer.says(1, SystemStatus(system_status=SystemStatusValue.NORMAL))
    assert peer.says(0, CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")) == []
    assert Opened in kinds(peer.says(1, SystemRegisterResponse(sys_stat_register_id="27")))


def test_a_session_granted_after_the_registration_is_kept_alive_as_a_session() -> None:
    peer = Peer().registered()
    assert Opened not in kinds(peer.says(0, granted_session()))
    assert isinstance(sent(peer.wakes(105.0))[0][1], ResetApplicationSessionTimer)


def test_a_partially_disabled_switch_opens_in_partial_service() -> None:
    peer = Peer()
    peer.says(1, SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED))
    effects = peer.says(1, SystemRegisterResponse(sys_stat_register_id="27"))
    assert effects[0] == Opened(LinkState.PARTIAL_SERVICE)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (SessionError.MAX_NUMBER_SESSIONS, "session_refused"),
        (SessionError.SERVER_RESOURCES_BUSY, "session_refused"),
        (SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED, "no_version"),
        (SessionError.INVALID_APPLICATION_INFO, "bad_login"),
        ("bad login or password", "bad_login"),
        ("Wrong PASSWORD for gw", "bad_login"),
        ("Unable to create provider -- bad login or password", "bad_login"),
        ("Unable to create provider -- login=", "no_login"),
        ("Unable to create provider -- null", "no_version"),
        ("Unable to create provider -- Operation timed out", "session_refused"),
        ("closed for lunch", "session_refused"),
        ("", "session_refused"),
    ],
)
def test_a_refused_session_says_why(code: SessionError | str, reason: str) -> None:
    cause = lost(Peer().says(0, StartApplicationSessionNegResponse(error_code=code))).cause
    assert cause.reason == reason
    assert str(code) in cause.text


@pytest.mark.parametrize(
    ("category", "reason"),
    [(ErrorCategory.SECURITY, "bad_login"), (ErrorCategory.OPERATION, "session_refused")],
)
def test_an_error_code_refuses_the_session_too(category: ErrorCategory, reason: str) -> None:
    assert lost(Peer().says(0, CSTAErrorCode(category=category, value="generic"))).cause.reason == reason


def test_a_refused_registration_is_a_refusal() -> None:
    peer = Peer()
    peer.says(1, SystemStatus(system_status=SystemStatusValue.NORMAL))
    refused = peer.says(1, CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic"))
    assert lost(refused).cause.reason == "session_refused"


def test_a_disabled_switch_is_not_opened() -> None:
    effects = Peer().says(1, SystemStatus(system_status=SystemStatusValue.DISABLED))
    assert lost(effects).cause.reason == "disabled"


def test_an_opening_without_an_answer_times_out() -> None:
    peer = Peer()
    assert Lost not in kinds(peer.wakes(100.0 + TIMEOUT - 0.001))
    cause = lost(peer.wakes(100.0 + TIMEOUT)).cause
    assert cause.reason == "no_answer"
    assert cause.text.startswith("Operation timed out")


def test_nothing_is_sent_for_the_gateway_before_the_link_is_open() -> None:
    peer = Peer()
    answers: list[Answer] = []
    carry_out(peer.link.request(HOLD, answers.append, peer.now))
    assert answers == [OUT_OF_SERVICE]


def test_events_before_the_link_is_open_belong_to_nobody() -> None:
    assert Peer().says(EVENT_INVOKE_ID, EVENT) == []


# Heartbeat


def test_the_session_timer_is_reset_every_half_of_the_granted_duration() -> None:
    peer = Peer()
    wake = wake_at(peer.says(0, granted_session(4)))
    times = []
    for _ in range(3):
        effects = peer.wakes(wake)
        [(invoke_id, reset)] = sent(effects)
        assert reset == ResetApplicationSessionTimer(session_id="n1-000417", requested_session_duration=10)
        times.append(wake)
        peer.says(invoke_id, ResetApplicationSessionTimerPosResponse(actual_session_duration=4))
        wake = wake_at(effects)
    assert times == [102.0, 104.0, 106.0]


def test_a_busy_link_is_reset_all_the_same() -> None:
    peer = Peer().opened()
    for now in (101.0, 102.0, 103.0, 104.0, 104.9):
        peer.now = now
        peer.says(EVENT_INVOKE_ID, EVENT)
    assert isinstance(sent(peer.wakes(105.0))[0][1], ResetApplicationSessionTimer)


def test_a_registered_link_is_asked_for_its_status_every_interval() -> None:
    peer = Peer().registered()
    [(invoke_id, question)] = sent(peer.wakes(105.0))
    assert question == RequestSystemStatus()
    peer.now = 105.25
    peer.says(invoke_id, RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL))
    assert peer.link.heartbeat_rtt == 0.25
    assert sent(peer.wakes(109.999)) == []
    assert len(sent(peer.wakes(110.0))) == 1


def test_the_round_trip_of_a_reset_is_measured() -> None:
    peer = Peer().opened()
    [(invoke_id, _)] = sent(peer.wakes(105.0))
    peer.now = 105.5
    peer.says(invoke_id, ResetApplicationSessionTimerPosResponse(actual_session_duration=10))
    assert peer.link.heartbeat_rtt == 0.5


def test_an_error_is_a_sign_of_life_too() -> None:
    peer = Peer().registered()
    [(invoke_id, _)] = sent(peer.wakes(105.0))
    assert peer.says(invoke_id, CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")) == []
    assert peer.link.heartbeat_rtt == 0.0


@pytest.mark.parametrize(
    "refusal",
    [
        ResetApplicationSessionTimerNegResponse(error_code=SessionError.INVALID_SESSION_ID),
        CSTAErrorCode(category=ErrorCategory.STATE_INCOMPATIBILITY, value="generic"),
    ],
    ids=["negative", "error code"],
)
def test_a_session_that_cannot_be_prolonged_is_lost(refusal: Message) -> None:
    peer = Peer().opened()
    [(invoke_id, _)] = sent(peer.wakes(105.0))
    assert lost(peer.says(invoke_id, refusal)).cause.reason == "session_expired"


def test_a_link_is_dead_after_two_silent_intervals_exactly() -> None:
    peer = Peer().opened()
    peer.wakes(105.0)
    assert Lost not in kinds(peer.wakes(109.999))
    assert lost(peer.wakes(110.0)).cause.reason == "silent"


def test_half_a_frame_is_a_sign_of_life() -> None:
    peer = Peer().opened()
    peer.link.heard(109.0)
    assert Lost not in kinds(peer.wakes(118.999))
    assert lost(peer.wakes(119.0)).cause.reason == "silent"


def test_heartbeats_without_an_answer_are_counted() -> None:
    peer = Peer().opened()
    peer.wakes(105.0)
    peer.link.heard(107.0)
    peer.wakes(108.0)
    assert peer.counters.heartbeats_missed == 1
    assert peer.counters.request_timeouts == 0


def test_the_shell_is_woken_for_whatever_is_due_first() -> None:
    peer = Peer()
    assert wake_at(peer.opening) == 103.0
    peer.says(0, granted_session())
    assert wake_at(peer.wakes(103.0)) == 105.0
    assert Wake not in kinds(peer.link.request(HOLD, lambda _: None, 103.5))
    assert wake_at(peer.wakes(105.0)) == 106.5
