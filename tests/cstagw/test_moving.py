"""Moves against CTIManagers that refuse, are busy or fall away: all arrive somewhere, or end in time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csta_xml import (
    CallId,
    ConnectionId,
    CSTAErrorCode,
    ErrorCategory,
    Event,
    LocalConnectionState,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    Response,
    Service,
    SnapshotCall,
    SnapshotDevice,
    SnapshotDeviceInfo,
    SnapshotDeviceResponse,
)
from cstagw.errors import OUT_OF_SERVICE, RESOURCE_BUSY
from cstagw.identity import LineAppearance, LineUri
from cstagw.monitoring import Monitoring
from cstagw.moving import PATIENCE, Asked, Moving
from cstagw.refused_lines import RefusedLines
from cstagw.session import Session, Subscription
from cstagw.sessions import Sessions
from ctimgr_client import LinkId, Reply
from sip import Dialog, Flow, Transport

Answer = Response | CSTAErrorCode
NOBODY = LinkId("gone", 1)
DEVICE_OUT = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="deviceOutOfService")


class World:
    """Links that answer as `answers` says by link and service, sessions, and a clock that is a number."""

    def __init__(self, *names: str, sessions: int = 1, calls: int = 0) -> None:
        self.now = 0.0
        self.up = [LinkId(name, 1) for name in names]
        self.answers: dict[tuple[str, type[Service]], Answer] = {}
        self.asked: list[tuple[str, Service]] = []
        self.stopped = 0
        self.there: list[Session] = []
        self.lost: list[Session] = []
        self._turn = self._references = 0
        self._calls = calls
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._replies: list[Callable[[], None]] = []
        self.sessions = Sessions()
        self.moving = Moving(
            self,
            self.sessions,
            Monitoring(self, RefusedLines(lambda: 0.0)),
            self,
            clock=lambda: self.now,
            later=self._later,
        )
        self.all = [self._session(number) for number in range(sessions)]

    def _session(self, number: int) -> Session:
        line = LineUri.parse(f"tel:{number}")
        session = Session(f"s{number}", "sip:a@x", line, LineAppearance(line.number), NOBODY, "ns", 0.0)
        session.monitors[MonitorCrossRefId(f"r{number}")] = Subscription(MonitorType.DEVICE, frozenset())
        flow = Flow(Transport.TCP, ("", 0), ("", 0))
        dialog = Dialog(
            call_id=b"%d" % number,
            local=b"",
            local_tag=b"%d" % number,
            remote=b"",
            remote_tag=b"",
            target=b"sip:a@x",
            routes=(),
            contact=b"",
            flow=flow,
        )
        self.sessions.add(dialog, session)
        return session

    # The links

    def choose(self, unfit: Callable[[LinkId], bool] = lambda link: False) -> LinkId | None:
        fit = [link for link in self.up if not unfit(link)]
        self._turn += 1
        return fit[self._turn % len(fit)] if fit else None

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        self.asked.append((link.name, service))
        answer = self.answers.get((link.name, type(service))) or self._usual(service)
        self._replies.append(lambda: reply(answer))

    def _usual(self, service: Service) -> Answer:
        if isinstance(service, MonitorStart):
            self._references += 1
            return MonitorStartResponse(monitor_cross_ref_id=MonitorCrossRefId(f"{self._references}"))
        if isinstance(service, MonitorStop):
            self.stopped += 1
            return MonitorStopResponse()
        states = (LocalConnectionState.CONNECTED, LocalConnectionState.CONNECTED)
        entries = [
            SnapshotDeviceInfo(connection_identifier=ConnectionId(CallId(f"{n}")), local_call_state=states)
            for n in range(self._calls)
        ]
        return SnapshotDeviceResponse(snapshot=tuple(entries))

    # The gateway

    def arrived(self, session: Session, missed: list[Event], waiting: list[Asked]) -> None:
        self.there.append(session)

    def stranded(self, session: Session, text: str) -> None:
        self.lost.append(session)

    def unplaced(self, session: Session) -> None:
        raise AssertionError("nobody follows anything")

    def waited(self, session: Session, asked: Asked) -> None:
        raise AssertionError("nobody asked for anything")

    def arrived_at(self) -> list[str]:
        return [session.link.name for session in self.there]

    def _later(self, pause: float, action: Callable[[], None]) -> None:
        self._due.append((self.now + pause, action))

    def run(self, seconds: float = 0.0) -> None:
        end = self.now + seconds
        while True:
            while self._replies:
                self._replies.pop(0)()
            if not self._due or self._due[0][0] > end:
                break
            self.now, action = self._due.pop(0)
            action()
        self.now = end

    def begin(self) -> None:
        self.moving.begin(self.all)
        self.run()


@pytest.mark.parametrize("error", [RESOURCE_BUSY, OUT_OF_SERVICE])
@pytest.mark.parametrize("service", [MonitorStart, SnapshotDevice])
def test_one_that_refuses_leaves_them_to_the_others(error: CSTAErrorCode, service: type[Service]) -> None:
    world = World("a", "b", "c", sessions=500)
    world.answers["b", service] = error
    world.begin()
    assert len(world.there) == 500
    assert set(world.arrived_at()) == {"a", "c"}
    assert len(world.moving) == 0


def test_all_that_are_busy_are_asked_again_until_they_are_not() -> None:
    world = World("a", "b", sessions=50)
    world.answers["a", MonitorStart] = world.answers["b", MonitorStart] = RESOURCE_BUSY
    world.begin()
    world.run(10.0)
    assert (world.there, world.lost) == ([], [])
    starts = sum(isinstance(service, MonitorStart) for _, service in world.asked)
    assert starts <= 50 * 2 * 12
    world.answers.clear()
    world.run(3.0)
    assert len(world.there) == 50


def test_who_finds_nobody_in_time_ends_and_nothing_is_left() -> None:
    world = World(sessions=3)
    world.begin()
    world.run(PATIENCE - 1.0)
    assert (len(world.moving), world.lost) == (3, [])
    world.run(2.0)
    assert len(world.lost) == 3
    assert len(world.moving) == 0
    world.run(60.0)
    assert world._due == []


def test_a_monitor_that_is_not_needed_after_all_is_stopped() -> None:
    world = World("a", "b")
    world.answers["a", SnapshotDevice] = world.answers["b", SnapshotDevice] = RESOURCE_BUSY
    world.begin()
    starts = sum(isinstance(service, MonitorStart) for _, service in world.asked)
    assert starts == world.stopped == 2


def test_a_phone_that_is_on_its_way_too_is_no_reason_to_end() -> None:
    world = World("a")
    world.answers["a", SnapshotDevice] = DEVICE_OUT
    world.begin()
    assert len(world.there) == 1


def test_a_loss_while_the_calls_are_looked_into_is_no_answer() -> None:
    world = World("a", "b", calls=1)
    for name in ("a", "b"):
        world.answers[name, SnapshotCall] = OUT_OF_SERVICE
    world.begin()
    assert world.there == []
    world.answers.clear()
    world.answers["a", SnapshotCall] = world.answers["b", SnapshotCall] = RESOURCE_BUSY  # does not say
    world.run(2.0)
    assert len(world.there) == 1


def test_twenty_thousand_are_queued_in_no_time() -> None:
    world = World(sessions=20_000)
    world.begin()
    world.moving.begin(world.all)
    assert len(world.moving) == len(world.moving._queue) == 20_000
