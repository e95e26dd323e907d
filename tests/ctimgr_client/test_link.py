"""Requests, answers, states and the end of an open link: frames and time in, effects out."""

import pytest

from csta_xml import (
    ApplicationSessionTerminated,
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    GetCSTAFeatures,
    HoldCallResponse,
    MakeCall,
    MakeCallResponse,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    ResetApplicationSessionTimer,
    SessionTermReason,
    StopApplicationSession,
    StopApplicationSessionPosResponse,
    SystemRegisterAbort,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
)
from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.bridge_words import in_words
from ctimgr_client.effects import (
    Answered,
    Arrived,
    Close,
    Lost,
    MonitorEnded,
    Send,
    StateChanged,
    StatusReported,
    Unreadable,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame
from ctimgr_client.listener import Answer
from ctimgr_client.requests import MAX_OUTSTANDING
from ctimgr_client.status import LinkState
from tests.ctimgr_client.peer import (
    BUSY,
    DIAL,
    ED3,
    EVENT,
    HOLD,
    OUT_OF_SERVICE,
    TIMEOUT,
    Peer,
    carry_out,
    kinds,
    lost,
    sent,
)

THEIRS = MonitorCrossRefId("7")

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


def late_monitor() -> tuple[Peer, int]:
    """A monitor that is started after its request has timed out, and the invoke id of its MonitorStop."""
    peer = Peer().opened()
    answers: list[Answer] = []
    start = MonitorStart(monitor_object=DeviceId("tel:1001"))
    [(invoke_id, _)] = sent(peer.link.request(start, answers.append, peer.now))
    carry_out(peer.wakes(100.0 + TIMEOUT))
    assert answers == [OUT_OF_SERVICE]
    [(stop_id, stop)] = sent(peer.says(invoke_id, MonitorStartResponse(monitor_cross_ref_id=THEIRS)))
    assert stop == MonitorStop(monitor_cross_ref_id=THEIRS)
    return peer, stop_id


def test_a_monitor_that_is_started_too_late_is_stopped_and_its_events_are_nobodys() -> None:
    peer, stop_id = late_monitor()
    assert peer.says(EVENT_INVOKE_ID, EVENT) == []
    assert peer.says(stop_id, MonitorStopResponse()) == []
    assert Arrived(EVENT) in peer.says(EVENT_INVOKE_ID, EVENT)
    assert (peer.counters.late_answers, peer.counters.events) == (1, 1)


def test_a_refused_stop_of_a_late_monitor_costs_no_link() -> None:
    peer, stop_id = late_monitor()
    refused = CSTAErrorCode(category=ErrorCategory.OPERATION, value="invalidMonitorCrossRefID")
    assert peer.says(stop_id, refused) == []
    assert Arrived(EVENT) in peer.says(EVENT_INVOKE_ID, EVENT)


def test_a_stop_without_an_answer_does_not_hide_events_for_ever() -> None:
    peer, _ = late_monitor()
    assert Lost not in kinds(peer.wakes(peer.now + TIMEOUT))
    assert Arrived(EVENT) in peer.says(EVENT_INVOKE_ID, EVENT)


def test_a_monitor_nobody_ever_asked_for_is_left_alone() -> None:
    peer = Peer().opened()
    assert sent(peer.says(77, MonitorStartResponse(monitor_cross_ref_id=THEIRS))) == []


def test_late_monitors_are_remembered_up_to_a_bound() -> None:
    peer = Peer().opened()
    for _ in range(3 * MAX_OUTSTANDING):
        start = MonitorStart(monitor_object=DeviceId("tel:1001"))
        [(invoke_id, _)] = sent(peer.link.request(start, lambda answer: None, peer.now))
        peer.link.wake(peer.now + TIMEOUT)
        peer.now += TIMEOUT
        reference = MonitorCrossRefId(str(invoke_id))
        assert len(sent(peer.says(invoke_id, MonitorStartResponse(monitor_cross_ref_id=reference)))) == 1
    assert len(peer.link._unwanted) <= 2


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
    assert (StatusReported(status) in effects) == (status is not SystemStatusValue.NORMAL)
    assert [e.state for e in effects if isinstance(e, StateChanged)] == ([state] if state else [])


def test_normal_brings_it_back_and_requests_go_on_meanwhile() -> None:
    peer = Peer().opened()
    peer.says(12, SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED))
    peer.asked()
    effects = peer.says(13, SystemStatus(system_status=SystemStatusValue.NORMAL))
    assert StateChanged(LinkState.IN_SERVICE) in effects


def test_a_status_is_reported_when_it_is_news() -> None:
    peer = Peer().opened()
    partly = SystemStatus(system_status=SystemStatusValue.PARTIALLY_DISABLED)
    assert StatusReported(partly.system_status) in peer.says(12, partly)
    assert StatusReported(partly.system_status) not in peer.says(13, partly)


def test_the_status_in_a_heartbeat_counts_as_well() -> None:
    peer = Peer().registered()
    [(invoke_id, _)] = sent(peer.wakes(105.0))
    partly = RequestSystemStatusResponse(system_status=SystemStatusValue.PARTIALLY_DISABLED)
    assert StateChanged(LinkState.PARTIAL_SERVICE) in peer.says(invoke_id, partly)


def test_a_monitor_that_the_switch_stops_is_told() -> None:
    reference = MonitorCrossRefId("7")
    effects = Peer().opened().says(12, MonitorStop(monitor_cross_ref_id=reference))
    assert sent(effects) == [(12, MonitorStopResponse())]
    assert MonitorEnded(reference) in effects


def test_the_end_of_a_registration_needs_no_answer() -> None:
    assert sent(Peer().registered().says(12, SystemRegisterAbort(sys_stat_register_id="1"))) == []


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


def test_a_bridge_that_ends_a_session_says_why_in_words_of_the_table() -> None:
    words = in_words("provider_shut", "closed by CTIManager")
    ended = ApplicationSessionTerminated(session_id="n1-000417", session_term_reason=words)
    cause = lost(Peer().opened().says(EVENT_INVOKE_ID, ended)).cause
    assert cause.reason == "provider_shut"
    assert cause.text.startswith("JTAPI provider shut down (closed by CTIManager): ")


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
