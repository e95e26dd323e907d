"""Monitors at CTIManagers: started, shared, stopped, and what comes too late."""

from __future__ import annotations

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    DeviceId,
    ErrorCategory,
    HeldEvent,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    Service,
)
from cstagw.identity import LineAppearance, LineUri
from cstagw.monitoring import Monitoring
from cstagw.refused_lines import RefusedLines
from cstagw.session import Session, Subscription
from ctimgr_client import LinkId, Reply

LINK, DEVICE = LinkId("ctim1", 1), MonitorType.DEVICE
A, B, THEIRS = MonitorCrossRefId("a"), MonitorCrossRefId("b"), MonitorCrossRefId("theirs")
TIMED_OUT = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="resourceOutOfService")


class Links:
    """Keeps what it is asked to send, and the replies that are waited for."""

    def __init__(self) -> None:
        self.sent: list[tuple[Service, Reply]] = []

    def choose(self, unfit: object = None) -> LinkId | None:
        return LINK

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        self.sent.append((service, reply))

    def services(self) -> list[Service]:
        return [service for service, _ in self.sent]


def session(device: str | None = None) -> Session:
    line = LineUri.parse("tel:1001")
    one = Session("s", "sip:a@x", line, LineAppearance("1001", device), LINK, "ns", 0.0)
    one.monitors = {A: Subscription(DEVICE, frozenset())}
    return one


def held(reference: str) -> HeldEvent:
    return HeldEvent(
        monitor_cross_ref_id=MonitorCrossRefId(reference),
        held_connection=ConnectionId(CallId("1"), DeviceId("tel:1001")),
        holding_device=DeviceId("tel:1001"),
    )


def test_sessions_share_one_start_and_are_told_of_it() -> None:
    links = Links()
    told: list[CSTAErrorCode | None] = []
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    for reference in (A, B):
        monitoring.join(session(), reference, DEVICE, told.append)
    assert links.services() == [MonitorStart(monitor_object=DeviceId("tel:1001"))]
    links.sent[0][1](MonitorStartResponse(monitor_cross_ref_id=THEIRS))
    monitoring.join(session(), A, DEVICE, told.append)
    assert told == [None, None, None]
    assert len(monitoring.watching(LINK, held("theirs"))) == 3


def test_device_names_are_the_same_in_any_case() -> None:
    links = Links()
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    for device in ("SEP00000000110C", "sep00000000110c"):
        monitoring.join(session(device), A, DEVICE, lambda refused: None)
    assert len(monitoring) == len(links.sent) == 1


def test_a_refused_start_is_told_and_forgotten() -> None:
    links = Links()
    told: list[CSTAErrorCode | None] = []
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    monitoring.join(session(), A, DEVICE, told.append)
    links.sent[0][1](TIMED_OUT)
    assert told == [TIMED_OUT]
    assert len(monitoring) == 0


def test_a_start_that_was_answered_too_late_is_stopped_at_its_first_event() -> None:
    links = Links()
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    monitoring.join(session(), A, DEVICE, lambda refused: None)
    links.sent.pop()[1](TIMED_OUT)
    assert monitoring.watching(LINK, held("late")) == []
    assert monitoring.watching(LINK, held("late")) == []
    assert links.services() == [MonitorStop(monitor_cross_ref_id=MonitorCrossRefId("late"))]


def test_the_last_events_of_a_monitor_that_is_being_stopped_stop_nothing_again() -> None:
    links, one = Links(), session()
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    monitoring.join(one, A, DEVICE, lambda refused: None)
    links.sent.pop()[1](MonitorStartResponse(monitor_cross_ref_id=THEIRS))
    monitoring.leave_all(one)
    assert monitoring.watching(LINK, held("theirs")) == []
    assert links.services() == [MonitorStop(monitor_cross_ref_id=THEIRS)]
    links.sent.pop()[1](MonitorStopResponse())
    assert (len(monitoring), one.monitors) == (0, {})


def test_nobody_left_when_it_starts() -> None:
    links, one = Links(), session()
    monitoring = Monitoring(links, RefusedLines(lambda: 0.0))
    monitoring.join(one, A, DEVICE, lambda refused: None)
    monitoring.leave(one, A)
    links.sent.pop()[1](MonitorStartResponse(monitor_cross_ref_id=THEIRS))
    assert links.services() == [MonitorStop(monitor_cross_ref_id=THEIRS)]
