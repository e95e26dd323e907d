import pytest

from csta_xml import (
    ED3,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    MakeCall,
    MonitorStart,
    MonitorStartResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    SessionError,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    StopApplicationSessionNegResponse,
    SystemRegister,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    encode,
)
from ctimgr_client.serving.limits import Limits
from ctimgr_client.simulator.ctimanager import Fault
from tests.ctimgr_client.simulator.talker import START, Site, Talker

ED4 = ED3.replace("ed3", "ed4")
PRIV = ED3 + "/priv5"
REGISTER = SystemRegister(request_types=frozenset({"systemStatus"}))
NO_SESSION = CSTAErrorCode(category=ErrorCategory.STATE_INCOMPATIBILITY, value="generic")


def start(duration: int = 60, *versions: str) -> StartApplicationSession:
    return StartApplicationSession(
        application_id="test", protocol_versions=versions or (ED3,), duration=duration
    )


# -- opening --


def test_a_session_is_granted_what_it_asks_for() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    assert talker.ask(start(10)) == StartApplicationSessionPosResponse(
        session_id="ctim1-000001", actual_protocol_version=ED3, actual_session_duration=10
    )


@pytest.mark.parametrize(("asked", "granted"), [(0, 5), (5, 5), (7, 7), (20, 20), (86_400, 20)])
def test_a_duration_outside_the_bounds_is_clamped(asked: int, granted: int) -> None:
    site = Site(Limits(min_duration=5, max_duration=20))
    talker = Talker(site, site.cti(), start=False)
    answer = talker.ask(start(asked))
    assert isinstance(answer, StartApplicationSessionPosResponse)
    assert answer.actual_session_duration == granted


@pytest.mark.parametrize(
    ("offered", "chosen"), [((ED4, ED3), ED4), ((PRIV, ED3), PRIV), (("urn:other", ED3), ED3)]
)
def test_the_first_csta_edition_offered_is_taken(offered: tuple[str, ...], chosen: str) -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    answer = talker.ask(start(60, *offered))
    assert isinstance(answer, StartApplicationSessionPosResponse)
    assert answer.actual_protocol_version == chosen


def test_answers_are_in_the_edition_of_the_request_and_events_in_that_of_the_session() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    talker.ask(start(60, ED4))
    talker.ask(MonitorStart(monitor_object=DeviceId("tel:1001")), PRIV)
    talker.ask(
        MakeCall(calling_device=DeviceId("tel:1001"), called_directory_number=DeviceId("tel:1904")), PRIV
    )
    assert talker.namespaces[1:] == [PRIV, PRIV, ED4, ED4, ED4]


def test_without_a_csta_edition_there_is_no_session() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    assert talker.ask(start(60, "urn:other")) == StartApplicationSessionNegResponse(
        error_code=SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED
    )
    assert talker.ask(RequestSystemStatus()) == NO_SESSION


def test_a_second_session_on_one_connection_is_refused() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    assert isinstance(talker.ask(START), StartApplicationSessionNegResponse)
    assert isinstance(talker.ask(RequestSystemStatus()), RequestSystemStatusResponse)


def test_sessions_are_bounded() -> None:
    site = Site(Limits(sessions=2))
    cti = site.cti()
    first, _second, third = Talker(site, cti), Talker(site, cti), Talker(site, cti, start=False)
    assert third.ask(START) == StartApplicationSessionNegResponse(error_code=SessionError.MAX_NUMBER_SESSIONS)
    assert third.refused(REGISTER) == "systemResourceAvailibility/resourceLimitExceeded"
    first.provider.end()
    assert isinstance(third.ask(START), StartApplicationSessionPosResponse)
    assert cti.sessions == 2


def test_bad_login_refuses_new_sessions_only() -> None:
    site = Site()
    cti = site.cti()
    old, new = Talker(site, cti), Talker(site, cti, start=False)
    cti.fault = Fault.BAD_LOGIN
    assert new.ask(START) == StartApplicationSessionNegResponse(error_code="bad login or password")
    assert isinstance(old.ask(RequestSystemStatus()), RequestSystemStatusResponse)
    cti.fault = Fault.NONE
    assert isinstance(new.ask(START), StartApplicationSessionPosResponse)


BEFORE = [RequestSystemStatus(), MonitorStart(monitor_object=DeviceId("tel:1001"))]


@pytest.mark.parametrize("request_", BEFORE, ids=lambda message: type(message).__name__)
def test_requests_before_the_session_are_refused(request_: RequestSystemStatus | MonitorStart) -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    assert talker.ask(request_) == NO_SESSION
    assert len(site.monitors) == 0


# -- opening without a session --


def test_a_registration_opens_too() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    answer = talker.ask(REGISTER, ED4)
    assert answer == SystemRegisterResponse(sys_stat_register_id="1")
    assert isinstance(talker.ask(MonitorStart(monitor_object=DeviceId("tel:1001"))), MonitorStartResponse)
    site.scene.dial("1001", "1904")
    site.settle()
    talker.events()
    assert talker.namespaces[-1] == ED4


def test_a_system_status_of_the_client_opens_too() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    status = SystemStatus(system_status=SystemStatusValue.NORMAL)
    assert talker.ask(status) == SystemStatusResponse()
    assert isinstance(talker.ask(RequestSystemStatus()), RequestSystemStatusResponse)


def test_to_a_client_that_waits_the_switch_speaks_first() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    site.wait(1.0)
    talker.listen()
    assert talker.heard == [(0, SystemStatus(system_status=SystemStatusValue.NORMAL))]
    talker.say(encode(SystemStatusResponse()), 0)
    assert talker.provider.out == []
    assert isinstance(talker.ask(REGISTER), SystemRegisterResponse)


def test_to_a_client_that_speaks_the_switch_does_not() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.heard.clear()
    site.wait(5.0)
    talker.listen()
    assert talker.heard == []


def test_session_services_need_a_session() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    talker.ask(REGISTER)
    reset = ResetApplicationSessionTimer(session_id="", requested_session_duration=60)
    assert isinstance(talker.ask(reset), ResetApplicationSessionTimerNegResponse)
    assert isinstance(talker.ask(StopApplicationSession(session_id="")), StopApplicationSessionNegResponse)


# -- what cannot be read --

UNREADABLE = [
    (b"<", "operation/generic"),
    (b"<!DOCTYPE x><x/>", "operation/generic"),
    (f'<ConsultationCall9 xmlns="{ED3}"/>'.encode(), "operation/serviceNotSupported"),
    (f'<MonitorStop xmlns="{ED3}"/>'.encode(), "operation/invalidParameterValue"),
]


@pytest.mark.parametrize(("body", "expected"), UNREADABLE)
def test_what_cannot_be_read_is_answered_and_forgotten(body: bytes, expected: str) -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.heard.clear()
    talker.say(body, 42)
    talker.listen()
    ((invoke_id, answer),) = talker.heard
    assert isinstance(answer, CSTAErrorCode)
    assert (invoke_id, f"{answer.category}/{answer.value}") == (42, expected)
    assert isinstance(talker.ask(RequestSystemStatus()), RequestSystemStatusResponse)


def test_answers_and_events_of_the_client_are_not_answered() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    for message in (SystemStatusResponse(), NO_SESSION):
        talker.say(encode(message))
    assert talker.provider.out == []


def test_it_wakes_when_there_is_something_to_write() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    talker.monitor("1001")
    before = talker.wakes
    site.scene.dial("1002", "1003")
    site.settle()
    assert talker.wakes == before
    site.scene.dial("1001", "1904")
    site.settle()
    assert talker.wakes > before
