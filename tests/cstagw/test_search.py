"""Which of a line's appearances is there, where CTIManagers know it, do not, refuse, or say nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csta_xml import (
    Capability,
    CapabilityList,
    CSTAErrorCode,
    ErrorCategory,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    Response,
    Service,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from cstagw.errors import (
    OUT_OF_SERVICE,
    RESOURCE_BUSY,
    SERVICE_NOT_SUPPORTED,
    CtiManagerBusy,
    GatewayError,
    LineNotAssociated,
    NoCtiManagerInService,
    UnknownLine,
    operation,
)
from cstagw.identity import LineAppearance
from cstagw.inquiry import Inquiries, Report
from cstagw.lines import Candidates, Rule
from cstagw.refused_lines import RefusedLines
from cstagw.search import Found, Search
from ctimgr_client import LinkId, Reply

Answer = Response | CSTAErrorCode
A, B, C = (LineAppearance("1001", f"SEP{name}") for name in "ABC")
DEVICE_OUT = CSTAErrorCode(category=ErrorCategory.SYSTEM_RESOURCE_AVAILABILITY, value="deviceOutOfService")
UNKNOWN, FORBIDDEN = operation("invalidDeviceID"), operation("privilegeViolationSpecifiedDevice")
THERE = SnapshotDeviceResponse()


def features(device: str) -> GetCSTAFeaturesResponse:
    """Such as tell one phone from another."""
    services = (CapabilityList("callControlServList", (Capability(device),)),)
    return GetCSTAFeaturesResponse(services=services, events=())


class World:
    """CTIManagers that answer as `answers` says, by name and device; what is not in it is there. Each has its
    own features for each phone, unless `mute`."""

    def __init__(self, *names: str) -> None:
        self.up = [LinkId(name, 1) for name in names]
        self.answers: dict[tuple[str, LineAppearance], CSTAErrorCode] = {}
        self.mute = False
        self.patience = True
        self.asked: list[str] = []
        self.told: list[Found | GatewayError] = []
        self.replies: list[tuple[Service, Callable[[], None]]] = []
        self.inquiries = Inquiries(self, RefusedLines(lambda: 0.0))

    # The links

    def choose(self, unfit: Callable[[LinkId], bool] = lambda link: False) -> LinkId | None:
        return next((link for link in self.up if not unfit(link)), None)

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        answer = self._answer(link, service)
        if isinstance(service, SnapshotDevice):
            self.asked.append(f"{link.name}:{device_of(service.snapshot_object)}")
        self.replies.append((service, lambda: reply(answer)))

    def _answer(self, link: LinkId, service: Service) -> Answer:
        if isinstance(service, GetCSTAFeatures):
            assert service.line is not None
            return SERVICE_NOT_SUPPORTED if self.mute else features(f"{link.name}:{device_of(service.line)}")
        assert isinstance(service, SnapshotDevice)
        for appearance in (A, B, C):
            if appearance.wire == service.snapshot_object:
                return self.answers.get((link.name, appearance), THERE)
        raise AssertionError(service)

    def _link_for(self, silent: set[str]) -> LinkId:
        link = self.choose(lambda link: link.name in silent)
        if link is None:
            raise NoCtiManagerInService("no CTIManager is in service")
        return link

    def run(self) -> None:
        while self.replies:
            self.replies.pop(0)[1]()

    # The search

    def search(self, *appearances: LineAppearance, fallback: LineAppearance | None = None) -> Search:
        candidates = Candidates(appearances, Rule.FIRST, fallback or appearances[0])
        return Search(
            self.inquiries,
            candidates,
            link_for=self._link_for,
            patient=lambda: self.patience,
            tell=self.told.append,
        )

    def outcome(
        self, *appearances: LineAppearance, fallback: LineAppearance | None = None
    ) -> Found | GatewayError:
        """Nothing is left open afterwards."""
        self.search(*appearances, fallback=fallback).go()
        self.run()
        [outcome] = self.told
        assert [self.inquiries.open(link) for link in self.up] == [0] * len(self.up)
        return outcome

    def found(
        self, *appearances: LineAppearance, fallback: LineAppearance | None = None
    ) -> tuple[str | None, str]:
        """Device and CTIManager."""
        outcome = self.outcome(*appearances, fallback=fallback)
        assert isinstance(outcome, Found), outcome
        return outcome.appearance.device, outcome.link.name

    def refused(self, *appearances: LineAppearance) -> GatewayError:
        outcome = self.outcome(*appearances)
        assert isinstance(outcome, GatewayError), outcome
        return outcome


def device_of(wire: str) -> str:
    return wire.partition("device=")[2]


# Order


def test_the_first_that_is_registered_is_taken_and_no_other_asked_for() -> None:
    world = World("a", "b")
    assert world.outcome(A, B, C) == Found(A, Rule.FIRST, LinkId("a", 1), features("a:SEPA"))
    assert world.asked == ["a:SEPA"]


def test_one_after_the_other_over_the_same_link() -> None:
    world = World("a", "b")
    world.answers["a", A] = DEVICE_OUT
    world.answers["a", B] = UNKNOWN
    assert world.found(A, B, C) == ("SEPC", "a")
    assert world.asked == ["a:SEPA", "a:SEPB", "a:SEPC"]


@pytest.mark.parametrize(("fallback", "device"), [(A, "SEPA"), (B, "SEPB"), (C, "SEPC")])
def test_where_none_is_registered_it_is_the_fallback(fallback: LineAppearance, device: str) -> None:
    world = World("a")
    world.answers = {("a", one): DEVICE_OUT for one in (A, B, C)}
    outcome = world.outcome(A, B, C, fallback=fallback)
    assert outcome == Found(fallback, Rule.FIRST, LinkId("a", 1), features(f"a:{device}"))


def test_a_fallback_that_is_not_there_leaves_the_first_that_could_be() -> None:
    world = World("a")
    world.answers = {("a", A): UNKNOWN, ("a", B): DEVICE_OUT, ("a", C): DEVICE_OUT}
    assert world.found(A, B, C, fallback=A) == ("SEPB", "a")


def test_a_ctimanager_that_does_not_say_what_a_phone_can_do() -> None:
    world = World("a")
    world.mute = True
    assert world.outcome(A) == Found(A, Rule.FIRST, LinkId("a", 1), None)


# Refusals


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (UNKNOWN, UnknownLine, "Address 1001 on SEPA is not in provider's domain: the CTIManager has no"),
        (
            FORBIDDEN,
            LineNotAssociated,
            "Address 1001 on SEPA is not in provider's domain: the application user",
        ),
        (RESOURCE_BUSY, CtiManagerBusy, "the CTIManager refused 1001 on SEPA"),
    ],
)
def test_a_refusal_says_why(error: CSTAErrorCode, kind: type[GatewayError], text: str) -> None:
    world = World("a", "b")
    world.answers["a", A] = error
    refused = world.refused(A)
    assert (type(refused), text in str(refused)) == (kind, True)
    assert world.asked == ["a:SEPA"]


def test_the_first_of_several_refusals_is_told() -> None:
    world = World("a")
    world.answers = {("a", A): FORBIDDEN, ("a", B): UNKNOWN}
    assert isinstance(world.refused(A, B), LineNotAssociated)


@pytest.mark.parametrize("error", [UNKNOWN, FORBIDDEN, RESOURCE_BUSY])
def test_refusals_of_some_do_not_matter(error: CSTAErrorCode) -> None:
    world = World("a")
    world.answers = {("a", A): error, ("a", B): error}
    assert world.found(A, B, C) == ("SEPC", "a")


# CTIManagers that are silent


def test_one_that_does_not_answer_is_asked_no_more() -> None:
    world = World("a", "b", "c")
    for appearance in (A, B):
        world.answers["a", appearance] = world.answers["b", appearance] = OUT_OF_SERVICE
    world.answers["c", A] = DEVICE_OUT
    assert world.found(A, B) == ("SEPB", "c")
    assert world.asked == ["a:SEPA", "b:SEPA", "c:SEPA", "c:SEPB"]


def test_none_that_answers() -> None:
    world = World("a", "b")
    world.answers = {(name, A): OUT_OF_SERVICE for name in "ab"}
    assert str(world.refused(A, B)) == "no CTIManager is in service"
    assert world.asked == ["a:SEPA", "b:SEPA"]


def test_none_in_service() -> None:
    world = World()
    assert isinstance(world.refused(A), NoCtiManagerInService)
    assert world.asked == []


def test_when_patience_has_ended_no_other_is_asked_for_anything() -> None:
    world = World("a", "b")
    world.answers["a", A] = OUT_OF_SERVICE
    world.patience = False
    refused = world.refused(A, B)
    assert (type(refused), "did not answer in time" in str(refused)) == (NoCtiManagerInService, True)
    assert world.asked == ["a:SEPA"]


def test_a_silence_is_told_rather_than_an_earlier_refusal() -> None:
    """It may succeed later."""
    world = World("a")
    world.answers = {("a", A): UNKNOWN, ("a", B): OUT_OF_SERVICE}
    world.patience = False
    assert world.refused(A, B).retry


def test_a_link_that_was_lost_meanwhile_is_not_what_is_found() -> None:
    world = World("a", "b")
    world.answers = {("a", A): DEVICE_OUT, ("a", B): OUT_OF_SERVICE, ("b", B): UNKNOWN}
    assert world.outcome(A, B) == Found(A, Rule.FIRST, LinkId("b", 1), features("a:SEPA"))
    assert world.asked == ["a:SEPA", "a:SEPB", "b:SEPB"]


# Abandoned


@pytest.mark.parametrize("answer", [THERE, DEVICE_OUT, UNKNOWN, OUT_OF_SERVICE])
def test_what_is_abandoned_tells_and_asks_nothing_more(answer: Answer) -> None:
    world = World("a", "b")
    if isinstance(answer, CSTAErrorCode):
        world.answers["a", A] = answer
    search = world.search(A, B)
    search.go()
    search.abandoned = True
    world.run()
    assert (world.told, world.asked) == ([], ["a:SEPA"])
    assert world.inquiries.open(LinkId("a", 1)) == 0


# Inquiries


@pytest.mark.parametrize("answer", [THERE, DEVICE_OUT, UNKNOWN, FORBIDDEN, OUT_OF_SERVICE])
@pytest.mark.parametrize("first", [SnapshotDevice, GetCSTAFeatures])
@pytest.mark.parametrize("mute", [False, True])
def test_a_report_comes_once_in_whatever_order_the_answers_do(
    answer: Answer, first: type[Service], mute: bool
) -> None:
    world, link = World("a"), LinkId("a", 1)
    world.mute = mute
    if isinstance(answer, CSTAErrorCode):
        world.answers["a", A] = answer
    reports: list[Report] = []
    world.inquiries.ask(link, A, reports.append)
    assert (world.inquiries.open(link), reports) == (1, [])
    world.replies.sort(key=lambda one: not isinstance(one[0], first))
    world.run()
    assert (len(reports), world.inquiries.open(link)) == (1, 0)
    [report] = reports
    assert (report.link, report.line) == (link, answer)
    if answer in (THERE, DEVICE_OUT):
        assert report.features == (None if mute else features("a:SEPA"))


def test_a_refusal_does_not_wait_for_what_the_phone_can_do() -> None:
    world, link = World("a"), LinkId("a", 1)
    world.answers["a", A] = UNKNOWN
    reports: list[Report] = []
    world.inquiries.ask(link, A, reports.append)
    world.replies.pop(0)[1]()
    assert (len(reports), world.inquiries.open(link)) == (1, 0)


def test_what_is_open_is_counted_by_ctimanager() -> None:
    world = World("a", "b")
    for link in (*world.up, world.up[0]):
        world.inquiries.ask(link, A, lambda _report: None)
    assert [world.inquiries.open(link) for link in world.up] == [2, 1]
    world.run()
    assert [world.inquiries.open(link) for link in world.up] == [0, 0]
