from csta_xml import (
    ApplicationSessionTerminated,
    RequestSystemStatus,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    ResetApplicationSessionTimerPosResponse,
    SessionError,
    SessionTermReason,
    StopApplicationSession,
    StopApplicationSessionNegResponse,
    StopApplicationSessionPosResponse,
    SystemRegister,
    encode,
)
from ctimgr_client.serving.limits import Limits
from ctimgr_client.simulator.ctimanager import Fault
from tests.ctimgr_client.simulator.talker import Site, Talker

REGISTER = SystemRegister(request_types=frozenset({"systemStatus"}))


def test_a_silent_application_is_told_and_closed() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.monitor("1001")
    site.wait(59.9)
    assert not talker.ended()
    site.wait(0.2)
    talker.listen()
    assert talker.ended()
    assert talker.heard == [
        (
            9999,
            ApplicationSessionTerminated(
                session_id="ctim1-000001", session_term_reason=SessionTermReason.SESSION_TIMER_EXPIRED
            ),
        )
    ]
    assert len(site.monitors) == 0
    assert talker.cti.sessions == 0


def test_calls_outlive_the_application() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.make_call("tel:1001", "tel:1002")
    site.wait(61.0)
    assert site.scene.states("1001", "1002") == [["connected"], ["alerting"]]


def test_any_message_is_life() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    for _ in range(5):
        site.wait(50.0)
        talker.ask(RequestSystemStatus())
    assert not talker.ended()
    site.wait(61.0)
    assert talker.ended()


def test_the_timer_is_reset_to_what_is_granted_anew() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    for duration, alive in [(10, 9.9), (30, 29.9), (5, 4.9)]:
        reset = ResetApplicationSessionTimer(session_id="ctim1-000001", requested_session_duration=duration)
        answer = ResetApplicationSessionTimerPosResponse(actual_session_duration=duration)
        assert talker.ask(reset) == answer
        talker.heard.clear()
        site.wait(alive)
        assert not talker.ended()
    site.wait(0.2)
    assert talker.ended()


def test_a_reset_of_another_session_is_refused() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    reset = ResetApplicationSessionTimer(session_id="ctim1-000002", requested_session_duration=60)
    answer = ResetApplicationSessionTimerNegResponse(error_code=SessionError.INVALID_SESSION_ID)
    assert talker.ask(reset) == answer


def test_a_session_is_stopped_in_good_order() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.monitor("1001")
    wrong = StopApplicationSession(session_id="ctim1-000009")
    assert talker.ask(wrong) == StopApplicationSessionNegResponse(error_code=SessionError.INVALID_SESSION_ID)
    assert (
        talker.ask(StopApplicationSession(session_id="ctim1-000001")) == StopApplicationSessionPosResponse()
    )
    assert talker.ended()
    assert len(site.monitors) == 0
    talker.say(encode(RequestSystemStatus()))
    assert talker.provider.out == []


def test_a_registered_client_is_closed_without_a_word_after_the_longest_silence() -> None:
    site = Site(Limits(max_duration=100))
    talker = Talker(site, site.cti(), start=False)
    talker.ask(REGISTER)
    talker.heard.clear()
    site.wait(101.0)
    talker.listen()
    assert talker.ended()
    assert talker.heard == []


def test_a_connection_that_opens_nothing_is_closed() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    site.wait(11.0)
    assert talker.ended()


def test_a_hanging_manager_does_not_notice_silence() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.cti.fault = Fault.HANG
    site.wait(600.0)
    assert not talker.ended()
    talker.cti.fault = Fault.NONE
    site.wait(61.0)
    assert talker.ended()


def test_an_ended_provider_leaves_no_deadline() -> None:
    site = Site()
    for _ in range(1000):
        Talker(site, site.cti()).provider.end()
    assert len(site.scene.cluster.timers) == 0
