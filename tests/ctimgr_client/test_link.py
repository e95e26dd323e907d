"""The application session of one connection: frames and time in, effects out. Nothing here waits."""

import pytest

from csta_xml import (
    ApplicationSessionTerminated,
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    GetCSTAFeatures,
    HoldCall,
    HoldCallResponse,
    MakeCall,
    MakeCallResponse,
    Message,
    MonitorCrossRefId,
    OutOfServiceEvent,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerNegResponse,
    ResetApplicationSessionTimerPosResponse,
    SessionError,
    SessionTermReason,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    StopApplicationSessionPosResponse,
    SystemRegister,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    decode,
    decode_document,
    encode,
)
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.effects import (
    Answered,
    Arrived,
    Close,
    Effect,
    Lost,
    Opened,
    Send,
    StateChanged,
    Unreadable,
    Wake,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameReader
from ctimgr_client.link import Link
from ctimgr_client.listener import Answer
from ctimgr_client.requests import MAX_OUTSTANDING
from ctimgr_client.status import Counters, LinkState

ADDRESS = CtiManagerAddress("ctim1", "ctim1.example.com", 8800)
ED3 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
ED6 = "http://www.ecma-international.org/standards/ecma-323/csta/ed6"
PRIV5 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5"
INTERVAL, TIMEOUT = 5.0, 3.0

BUSY = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceBusy")
OUT_OF_SERVICE = CSTAErrorCode(
    category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceOutOfService"
)
HOLD = HoldCall(call_to_be_held=ConnectionId(CallId("1_4a11"), DeviceId("tel:1001")))
DIAL = MakeCall(calling_device=DeviceId("tel:1001;device=SEP1"), called_directory_number=DeviceId("tel:1902"))
EVENT = OutOfServiceEvent(monitor_cross_ref_id=MonitorCrossRefId("7"), device=DeviceId("tel:1001"))


class Peer:
    """A link and the CTIManager in front of it, in one hand. `now` moves only when told."""

    def __init__(
        self, address: CtiManagerAddress = ADDRESS, *, interval: float = INTERVAL, timeout: float = TIMEOUT
    ) -> None:
        self.counters = Counters()
        self.link = Link(
            address,
            application_id="cstagw-node1",
            interval=interval,
            request_timeout=timeout,
            counters=self.counters,
        )
        self.now = 100.0
        self.opening = self.link.start(self.now)

    def says(self, invoke_id: int, message: Message, namespace: str = ED3) -> list[Effect]:
        self.link.heard(self.now)
        return self.link.receive(Frame(invoke_id, encode(message, namespace)), self.now)

    def opened(self, granted: int = 10, version: str = ED3) -> "Peer":
        self.says(0, granted_session(granted, version))
        return self

    def registered(self) -> "Peer":
        self.says(17, SystemStatus(system_status=SystemStatusValue.NORMAL))
        self.says(1, SystemRegisterResponse(sys_stat_register_id="27"))
        return self

    def asked(self, service: Message = HOLD) -> tuple[int, list[Answer]]:
        """A request of the gateway: its invoke id, and the answers it will have had."""
        answers: list[Answer] = []
        assert isinstance(service, HoldCall | MakeCall)
        effects = self.link.request(service, answers.append, self.now)
        [(invoke_id, message)] = sent(effects)
        assert message == service
        return invoke_id, answers

    def wakes(self, at: float) -> list[Effect]:
        self.now = at
        return self.link.wake(at)


def granted_session(duration: int = 10, version: str = ED3) -> StartApplicationSessionPosResponse:
    return StartApplicationSessionPosResponse(
        session_id="n1-000417", actual_protocol_version=version, actual_session_duration=duration
    )


def sent(effects: list[Effect]) -> list[tuple[int, Message]]:
    wire = b"".join(effect.data for effect in effects if isinstance(effect, Send))
    return [(frame.invoke_id, decode(frame.body)) for frame in FrameReader().receive_data(wire)]


def carry_out(effects: list[Effect]) -> None:
    """What the shell does with replies."""
    for effect in effects:
        if isinstance(effect, Answered):
            effect.reply(effect.answer)


def kinds(effects: list[Effect]) -> list[type[Effect]]:
    return [type(effect) for effect in effects]


def lost(effects: list[Effect]) -> Lost:
    [found] = [effect for effect in effects if isinstance(effect, Lost)]
    assert isinstance(effects[-1], Close)
    return found


def wake_at(effects: list[Effect]) -> float:
    [wake] = [effect for effect in effects if isinstance(effect, Wake)]
    return wake.at


# Opening


def test_it_opens_with_an_application_session_of_two_intervals() -> None:
    peer = Peer()
    start = StartApplicationSession(
        application_id="cstagw-node1", protocol_versions=(ED3,), duration=int(2 * INTERVAL)
    )
    assert sent(peer.opening) == [(0, start)]
    assert wake_at(peer.opening) == 100.0 + TIMEOUT


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
        (SessionError.REQUESTED_PROTOCOL_VERSION_NOT_SUPPORTED, "session_refused"),
        (SessionError.INVALID_APPLICATION_INFO, "bad_login"),
        ("bad login or password", "bad_login"),
        ("Wrong PASSWORD for gw", "bad_login"),
        ("closed for lunch", "session_refused"),
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


# Requests


def test_a_response_goes_to_who_asked() -> None:
    peer = Peer().opened()
    (first, hold), (second, dial) = peer.asked(HOLD), peer.asked(DIAL)
    assert (first, second) == (1, 2)
    made = MakeCallResponse(calling_device=ConnectionId(CallId("1_4a11"), DeviceId("tel:1001")))
    carry_out(peer.says(second, made))
    carry_out(peer.says(first, HoldCallResponse()))
    assert (hold, dial) == ([HoldCallResponse()], [made])
    assert peer.link.requests_in_flight == 0


def test_an_error_code_goes_to_who_asked() -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    error = CSTAErrorCode(category=ErrorCategory.STATE_INCOMPATIBILITY, value="noActiveCall")
    carry_out(peer.says(invoke_id, error))
    assert answers == [error]


def test_a_request_of_the_far_side_with_the_same_invoke_id_is_no_answer() -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    carry_out(peer.says(invoke_id, SystemStatus(system_status=SystemStatusValue.NORMAL)))
    assert answers == []


def test_a_thousand_may_be_outstanding_above_is_busy_without_being_sent() -> None:
    peer = Peer().opened()
    ids = [peer.asked()[0] for _ in range(MAX_OUTSTANDING)]
    assert len(set(ids)) == MAX_OUTSTANDING == 1_000
    answers: list[Answer] = []
    refused = peer.link.request(HOLD, answers.append, peer.now)
    carry_out(refused)
    assert (sent(refused), answers) == ([], [BUSY])
    assert peer.counters.requests_refused == 1
    peer.says(ids[0], HoldCallResponse())
    peer.asked()


def test_heartbeats_do_not_count_towards_the_thousand() -> None:
    peer = Peer(timeout=60.0).opened()
    for _ in range(MAX_OUTSTANDING):
        peer.asked()
    assert isinstance(sent(peer.wakes(105.0))[0][1], ResetApplicationSessionTimer)
    assert peer.link.requests_in_flight == MAX_OUTSTANDING


def test_a_far_side_that_reads_too_slowly_is_busy() -> None:
    peer = Peer().opened()
    answers: list[Answer] = []
    carry_out(peer.link.request(HOLD, answers.append, peer.now, choked=True))
    assert answers == [BUSY]


def test_a_request_times_out_and_its_late_answer_is_dropped() -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    carry_out(peer.wakes(100.0 + TIMEOUT - 0.001))
    assert answers == []
    carry_out(peer.wakes(100.0 + TIMEOUT))
    assert answers == [OUT_OF_SERVICE]
    assert peer.says(invoke_id, HoldCallResponse()) == []
    assert (peer.counters.request_timeouts, peer.counters.late_answers) == (1, 1)
    assert peer.link.requests_in_flight == 0


def test_events_of_a_timed_out_request_are_not_dropped() -> None:
    peer = Peer().opened()
    peer.asked(DIAL)
    peer.wakes(100.0 + TIMEOUT)
    assert Arrived(EVENT) in peer.says(EVENT_INVOKE_ID, EVENT)


def test_an_answer_nobody_asked_for_is_dropped_and_counted() -> None:
    peer = Peer().opened()
    assert Answered not in kinds(peer.says(77, HoldCallResponse()))
    assert peer.counters.stray_answers == 1


def test_a_request_that_fits_no_frame_is_answered_at_once() -> None:
    peer = Peer().opened()
    answers: list[Answer] = []
    effects = peer.link.request(GetCSTAFeatures(line="x" * 70_000), answers.append, peer.now)
    carry_out(effects)
    assert sent(effects) == []
    assert answers == [CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")]
    assert peer.asked()[0] == 1


def test_devices_are_plain_numbers_for_a_switch_that_knows_no_others() -> None:
    peer = Peer(CtiManagerAddress("pbx", "pbx", 8800, device_format="dn")).opened()
    answers: list[Answer] = []
    [(invoke_id, message)] = sent(peer.link.request(DIAL, answers.append, peer.now))
    assert message == MakeCall(calling_device=DeviceId("1001"), called_directory_number=DeviceId("1902"))
    carry_out(
        peer.says(invoke_id, MakeCallResponse(calling_device=ConnectionId(CallId("1"), DeviceId("1001"))))
    )
    assert answers == [MakeCallResponse(calling_device=ConnectionId(CallId("1"), DeviceId("tel:1001")))]


# What is wrong


@pytest.mark.parametrize("body", [b"", b"<HoldCallResponse", b"<!DOCTYPE a><a/>", b"\xff\xfe"])
def test_an_unreadable_answer_is_an_error_at_once(body: bytes) -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    effects = peer.link.receive(Frame(invoke_id, body), peer.now)
    carry_out(effects)
    assert answers == [CSTAErrorCode(category=ErrorCategory.OPERATION, value="generic")]
    assert kinds(effects) == [Unreadable, Answered]
    assert peer.counters.bad_messages == 1


@pytest.mark.parametrize(
    ("document", "is_answer"),
    [
        ("<FlyToTheMoonResponse/>", True),
        ("<MakeCallResponse/>", True),
        ("<CSTAErrorCode/>", True),
        ("<FlyToTheMoon/>", False),
        ("<DeliveredEvent/>", False),
    ],
)
def test_only_what_may_be_an_answer_is_taken_for_one(document: str, is_answer: bool) -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    body = document.replace("/>", f' xmlns="{ED3}"/>').encode()
    carry_out(peer.link.receive(Frame(invoke_id, body), peer.now))
    assert bool(answers) is is_answer
    assert peer.counters.bad_messages == 1


def test_an_unreadable_event_is_counted_and_the_link_lives() -> None:
    peer = Peer().opened()
    assert kinds(peer.link.receive(Frame(EVENT_INVOKE_ID, b"<oops"), peer.now)) == [Unreadable]
    assert (peer.counters.bad_messages, peer.counters.stray_answers) == (1, 0)
    peer.asked()


def test_a_service_of_the_far_side_that_we_do_not_offer_is_refused() -> None:
    not_supported = CSTAErrorCode(category=ErrorCategory.OPERATION, value="serviceNotSupported")
    assert sent(Peer().opened().says(12, HOLD)) == [(12, not_supported)]


def test_the_far_side_may_ask_how_we_are() -> None:
    normal = RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)
    assert sent(Peer().opened().says(12, RequestSystemStatus())) == [(12, normal)]


# States in session


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (SystemStatusValue.PARTIALLY_DISABLED, LinkState.PARTIAL_SERVICE),
        (SystemStatusValue.INITIALIZING, LinkState.PARTIAL_SERVICE),
        (SystemStatusValue.NORMAL, None),
        (SystemStatusValue.ENABLED, None),
        (SystemStatusValue.MESSAGES_LOST, None),
        (SystemStatusValue.OVERLOAD_REACHED, None),
    ],
)
def test_a_status_moves_the_link(status: SystemStatusValue, state: LinkState | None) -> None:
    effects = Peer().opened().says(12, SystemStatus(system_status=status))
    assert sent(effects) == [(12, SystemStatusResponse())]
    assert [e.state for e in effects if isinstance(e, StateChanged)] == ([state] if state else [])


def test_normal_brings_it_back_and_requests_go_on_meanwhile() -> None:
    peer = Peer().opened()
    peer.says(12, SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED))
    peer.asked()
    effects = peer.says(13, SystemStatus(system_status=SystemStatusValue.NORMAL))
    assert StateChanged(LinkState.IN_SERVICE) in effects


def test_the_status_in_a_heartbeat_counts_as_well() -> None:
    peer = Peer().registered()
    [(invoke_id, _)] = sent(peer.wakes(105.0))
    partly = RequestSystemStatusResponse(system_status=SystemStatusValue.PARTIALLY_DISABLED)
    assert StateChanged(LinkState.PARTIAL_SERVICE) in peer.says(invoke_id, partly)


# The end


def test_disabled_is_lost() -> None:
    peer = Peer().opened()
    assert (
        lost(peer.says(12, SystemStatus(system_status=SystemStatusValue.DISABLED))).cause.reason == "disabled"
    )


@pytest.mark.parametrize("reason", [SessionTermReason.SESSION_TIMER_EXPIRED, "maintenance"])
def test_a_terminated_session_is_lost(reason: SessionTermReason | str) -> None:
    effects = (
        Peer()
        .opened()
        .says(
            EVENT_INVOKE_ID, ApplicationSessionTerminated(session_id="n1-000417", session_term_reason=reason)
        )
    )
    cause = lost(effects).cause
    assert cause.reason == "session_terminated"
    assert str(reason) in cause.text


def test_a_lost_link_hands_back_every_reply_in_order_and_only_once() -> None:
    peer = Peer().opened()
    replies = [peer.asked()[1].append for _ in range(3)]
    assert lost(peer.link.lose("closed")).unanswered == tuple(replies)
    assert peer.link.requests_in_flight == 0
    assert peer.link.lose("reset") == []


def test_a_lost_link_does_nothing_any_more() -> None:
    peer = Peer().opened()
    invoke_id, answers = peer.asked()
    peer.link.lose("closed")
    assert peer.says(invoke_id, HoldCallResponse()) == []
    assert peer.says(EVENT_INVOKE_ID, EVENT) == []
    assert peer.wakes(1000.0) == []
    carry_out(peer.link.request(HOLD, answers.append, peer.now))
    assert answers == [OUT_OF_SERVICE]


def test_a_stop_ends_the_session_and_waits_for_the_answer() -> None:
    peer = Peer().opened()
    _, answers = peer.asked()
    effects = peer.link.stop(peer.now)
    assert kinds(effects) == [Lost, Send]
    assert isinstance(effects[0], Lost)
    assert effects[0].cause.reason == "stopped"
    assert effects[0].unanswered == (answers.append,)
    [(invoke_id, stop)] = sent(effects)
    assert stop == StopApplicationSession(session_id="n1-000417")
    assert peer.says(EVENT_INVOKE_ID, EVENT) == []
    assert peer.says(invoke_id, StopApplicationSessionPosResponse()) == [Close()]
    assert peer.link.lose("closed") == []


def test_a_connection_that_ends_while_stopping_is_no_further_loss() -> None:
    peer = Peer().opened()
    peer.link.stop(peer.now)
    assert peer.link.lose("closed") == [Close()]


@pytest.mark.parametrize("peer", [Peer(), Peer().registered()], ids=["opening", "registered"])
def test_without_a_session_there_is_nothing_to_end(peer: Peer) -> None:
    assert kinds(peer.link.stop(peer.now)) == [Lost, Close]


def test_the_link_can_be_seen() -> None:
    assert repr(Peer().opened().link) == "<Link ctim1 OPEN session=n1-000417 <OpenRequests [] timed out 0>>"
