"""Who is let in at a bridge, and how that ends."""

import pytest
from structlog.testing import capture_logs

from csta_xml import (
    ED3,
    CSTAErrorCode,
    GetForwarding,
    HoldCall,
    MonitorStart,
    SessionError,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    SystemRegister,
    SystemRegisterResponse,
)
from ctimgr_client.bridge_words import reason_in
from ctimgr_client.jtapi.numbers import Ev
from ctimgr_client.jtapi.workers import NoReturn
from ctimgr_client.serving.limits import Limits
from tests.ctimgr_client.jtapi.desk import ONE, START, Client, Desk

REGISTER = SystemRegister(request_types=frozenset({"systemStatus"}))


def why(client: Client, start: StartApplicationSession = START) -> str:
    """The reason of a refusal."""
    answer = client.ask(start)
    assert isinstance(answer, StartApplicationSessionNegResponse), answer
    found = reason_in(answer.error_code)
    return found[0] if found is not None else answer.error_code


def with_password(password: str | None) -> StartApplicationSession:
    return StartApplicationSession(
        application_id="gw", user="gw", password=password, protocol_versions=(ED3,), duration=60
    )


def test_nobody_is_let_in_without_a_provider_and_everybody_hears_why() -> None:
    desk = Desk(in_service=False)
    client = Client(desk, start=False)
    assert why(client) == "opening"
    desk.switch.life.failed("bad_login", "bad login or password")
    assert why(client) == "bad_login"
    assert client.refused(REGISTER) == "stateIncompatibility/generic"
    quiet = Client(desk, start=False)
    desk.wait(2.0)
    assert quiet.listen() == []  # nor is he greeted who waits for that


def test_who_came_too_early_may_ask_again() -> None:
    desk = Desk(in_service=False)
    client = Client(desk, start=False)
    why(client)
    desk.switch.life.opening()
    desk.switch.telephony = desk.exchange
    desk.switch.life.opened(16)
    assert isinstance(client.ask(START), StartApplicationSessionPosResponse)


@pytest.mark.parametrize("given", [None, "", "wrong", "secret2", "secre", "sécret"])
def test_a_secret_is_demanded(given: str | None) -> None:
    client = Client(Desk(secret="secret"), start=False)
    assert why(client, with_password(given)) == "bridge_secret"


def test_whoever_knows_the_secret_is_let_in() -> None:
    client = Client(Desk(secret="sécret"), start=False)
    assert isinstance(client.ask(with_password("sécret")), StartApplicationSessionPosResponse)


def test_without_the_secret_nothing_else_is_learnt_and_no_other_door_is_open() -> None:
    client = Client(Desk(secret="secret", in_service=False), start=False)
    assert why(client, with_password("wrong")) == "bridge_secret"
    assert client.refused(REGISTER) == "stateIncompatibility/generic"
    in_service = Client(Desk(secret="secret"), start=False)
    assert in_service.refused(REGISTER) == "stateIncompatibility/generic"


def test_a_registration_instead_of_a_session() -> None:
    client = Client(Desk(), start=False)
    assert isinstance(client.ask(REGISTER), SystemRegisterResponse)
    client.monitor(ONE)


def test_sessions_are_bounded() -> None:
    desk = Desk(limits=Limits(sessions=1))
    first = Client(desk)
    second = Client(desk, start=False)
    assert why(second) is SessionError.MAX_NUMBER_SESSIONS
    first.caller.end()
    assert isinstance(second.ask(START), StartApplicationSessionPosResponse)


def test_device_limits_raise_an_alarm() -> None:
    desk = Desk(limits=Limits(devices_per_node=0))
    Client(desk).monitor(ONE)
    assert desk.alarms == ["bridge cucm1 has more than 0 devices open"]


def test_a_request_to_a_provider_that_has_gone_this_very_moment() -> None:
    desk = Desk()
    client = Client(desk)
    desk.switch.shut()
    expected = "systemResourceAvailibility/resourceOutOfService"
    assert client.refused(MonitorStart(monitor_object=ONE)) == expected


def test_a_call_that_does_not_return_is_refused() -> None:
    desk = Desk()
    client = Client(desk)
    desk.at_once = False
    asked = client.send(GetForwarding(device=ONE))
    _, resume = desk.work.pop()
    resume(None, NoReturn("did not return"))
    answer = client.answer(asked)
    assert isinstance(answer, CSTAErrorCode)
    assert f"{answer.category}/{answer.value}" == "operation/generic"


def test_a_fault_of_ours_is_logged_and_answered() -> None:
    desk = Desk()
    client = Client(desk)
    desk.at_once = False
    asked = client.send(GetForwarding(device=ONE))
    _, resume = desk.work.pop()
    with capture_logs() as logs:
        resume(None, RuntimeError("a fault"))
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["bridge.failed"]
    assert isinstance(client.answer(asked), CSTAErrorCode)


def test_an_application_that_falls_silent_is_ended() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.wait(61)
    assert client.caller.ended
    assert (desk.switch.sessions, len(desk.switch.monitors), len(desk.switch.timers)) == (0, 0, 0)


def test_requests_that_wait_are_bounded() -> None:
    desk = Desk()
    client = Client(desk)
    call = client.make_call(ONE, "1901")
    desk.at_once = False
    client.heard.clear()
    for _ in range(1001):
        client.send(HoldCall(call_to_be_held=call))
    ((_, answer),) = client.listen()
    assert isinstance(answer, CSTAErrorCode)
    assert answer.value == "resourceBusy"
    assert desk.switch.errands.waiting() == 999


def test_events_of_others_are_not_told() -> None:
    desk = Desk()
    client = Client(desk)
    client.monitor(ONE)
    desk.exchange.provider(Ev.CISCO_TERM_CREATED)
    assert client.events() == []
