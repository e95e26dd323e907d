"""Sessions that follow their line appearance: when they wait, what they tell, and what they never disturb."""

from __future__ import annotations

import pytest

from csta_xml import (
    ClearConnection,
    ConnectionId,
    DeviceId,
    GetDoNotDisturb,
    MakeCall,
    MonitorStart,
    MonitorStop,
    MonitorType,
)
from cstagw.directory import Directory, Row, Table, read_rows
from cstagw.following import MAX_AT_ONCE, PAUSE, STEADY
from cstagw.identity import LineAppearance
from cstagw.inquiry import Tell
from cstagw.lines import Lines, Rule
from cstagw.moving import PATIENCE
from cstagw.selection import Choice, Choices
from cstagw.session import Session
from ctimgr_client import LinkId
from ctimgr_client.simulator import call_control, dialling, nodes
from ctimgr_client.simulator.mobility import move_line
from tests.journeys.in_memory import Client, Fate, House
from tests.journeys.stories import Stories

USER = "a@example.com"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
ROWS = [("1100", HARD, ""), ("1100", SOFT, "Cisco IP Communicator"), ("1001", "", "")]


def table(*rows: tuple[str, str, str]) -> Table:
    return Table(
        read_rows(Row("test", USER, dn=dn, device=device, model=model) for dn, device, model in rows)
    )


class Office:
    """Carol on the shared line 1100, at first at Cisco IP Communicator."""

    def __init__(self, *, move: bool = False, rows: list[tuple[str, str, str]] | None = None) -> None:
        self.choices = Choices()
        self.directory = Directory("csv", "csv:test", table(*(rows or ROWS)))
        self.house = House(move=move, lines=Lines(self.directory, self.choices))
        self.carol = self.house.sign_in("tel:1100")
        self.stories = Stories()

    @property
    def session(self) -> Session:
        return self.house.session_of(self.carol)

    @property
    def device(self) -> str | None:
        return self.session.appearance.device

    def choose(self, device: str) -> None:
        changed = self.choices.apply([Choice(USER, "1100", device)])
        self.house.gateway.following.choices_changed(changed)
        self.house.settle()

    def load(self, *rows: tuple[str, str, str]) -> None:
        self.directory.taken(table(*rows), 0.0)
        self.house.gateway.following.directory_changed()
        self.house.settle()

    def told(self) -> list[str]:
        events, self.carol.events[:] = self.carol.events[:], []
        return [self.stories.line(event) for event in events]

    def dial(self, device: str, number: str) -> None:
        cluster = self.house.cluster
        dialling.dial(cluster, cluster.appearance(f"tel:1100;device={device}"), number, self.house.now)
        self.house.settle()

    def hang_up(self, device: str) -> None:
        cluster = self.house.cluster
        [leg] = cluster.legs_at(cluster.appearance(f"tel:1100;device={device}"))
        call_control.hangup(cluster, leg)
        self.house.settle()

    def problem(self) -> str:
        wanted = self.house.gateway.following.wanted(self.session)
        return wanted.problem if wanted is not None else ""


@pytest.fixture
def office() -> Office:
    return Office()


def call(client: Client) -> MakeCall:
    return MakeCall(calling_device=client.line, called_directory_number=DeviceId("tel:1901"))


def test_a_free_session_goes_at_once_and_its_monitor_with_it(office: Office) -> None:
    office.choose(HARD)
    assert (office.device, office.session.rule) == (HARD, Rule.CHOSEN)
    assert len(office.house.monitors) == len(office.house.gateway.monitors) == 1
    office.dial(HARD, "1901")
    assert office.told()[0] == "ServiceInitiated a 1100 initiated makeCall"


def test_it_learns_what_the_other_phone_can_do(office: Office) -> None:
    query = GetDoNotDisturb(device=office.carol.line)
    assert office.house.refusal(office.carol, query) == "serviceNotSupported"
    office.choose(HARD)
    assert office.house.refusal(office.carol, query) == ""


def test_a_call_that_is_there_already_is_announced(office: Office) -> None:
    office.choose(HARD)
    office.told()
    office.dial(SOFT, "1901")
    office.told()
    office.choose(SOFT)
    assert office.told() == ["Retrieved a 1100 connected normal"]


def test_a_request_under_way_is_waited_for(office: Office) -> None:
    office.house.link_of(office.carol).fate = Fate.UNANSWERED
    office.house.send(office.carol, call(office.carol))
    office.choose(HARD)
    assert office.device == SOFT
    office.house.advance(5.5)
    assert office.carol.answers  # its time is over, but the call it made is there
    assert office.device == SOFT
    office.hang_up(SOFT)
    assert office.device == HARD


def test_the_last_choice_counts(office: Office) -> None:
    office.dial(SOFT, "1901")
    office.choose(HARD)
    assert len(office.house.gateway.following) == 1
    office.choose("")
    office.hang_up(SOFT)
    office.house.advance(3.0)
    assert (office.device, len(office.house.gateway.following)) == (SOFT, 0)


def test_a_choice_taken_back_leads_to_what_the_rule_says(office: Office) -> None:
    office.choose(HARD)
    office.choose("")
    assert (office.device, office.session.rule) == (SOFT, Rule.COMMUNICATOR)
    cluster = office.house.cluster
    nodes.unregister(cluster, cluster.fleet.devices[SOFT])
    office.choose(HARD)
    office.choose("")
    assert office.device == HARD  # the other one is not registered


def test_a_device_that_the_cluster_does_not_know_changes_nothing() -> None:
    office = Office(rows=[*ROWS, ("1100", "SEP000000009999", "")])
    office.choose("SEP000000009999")
    assert (office.device, "is not in provider's domain" in office.problem()) == (SOFT, True)
    assert office.house.refusal(office.carol, call(office.carol)) == ""
    office.choose(HARD)
    office.hang_up(SOFT)
    assert (office.device, office.problem()) == (HARD, "")


def test_a_refused_choice_is_tried_again_later() -> None:
    office = Office(rows=[*ROWS, ("1100", "SEP000000001004", "")])
    office.choose("SEP000000001004")
    cluster = office.house.cluster
    move_line(
        cluster, cluster.appearance(f"tel:1100;device={HARD}"), cluster.fleet.devices["SEP000000001004"]
    )
    office.house.advance(PAUSE + 2)
    assert office.device == "SEP000000001004"


def test_without_a_monitor_the_ctimanager_is_asked_for_calls(office: Office) -> None:
    assert office.carol.reference is not None
    office.house.ask(office.carol, MonitorStop(monitor_cross_ref_id=office.carol.reference))
    office.carol.reference = None
    office.dial(SOFT, "1901")
    office.choose(HARD)
    office.house.advance(5.0)
    assert office.device == SOFT
    office.hang_up(SOFT)
    office.house.advance(3.0)
    assert office.device == HARD
    assert office.house.refusal(office.carol, call(office.carol)) == ""


def test_every_monitor_of_a_session_goes_with_it(office: Office) -> None:
    service = MonitorStart(monitor_object=office.carol.line, monitor_type=MonitorType.CALL)
    office.house.ask(office.carol, service)
    office.choose(HARD)
    assert (office.device, len(office.house.monitors)) == (HARD, 2)


@pytest.mark.parametrize("move", [False, True])
def test_a_ctimanager_that_is_lost_on_the_way(move: bool) -> None:
    office = Office(move=move)
    link = office.house.link_of(office.carol)
    link.stalled = True
    changed = office.choices.apply([Choice(USER, "1100", HARD)])
    office.house.gateway.following.choices_changed(changed)
    link.stalled = False
    office.house.lose(link)
    office.house.advance(3.0)
    if move:
        assert (office.device, office.session.link == link.id) == (HARD, False)
    else:
        assert len(office.house.gateway.sessions) == 0
    assert len(office.house.gateway.following) == 0


def test_a_session_that_ends_while_it_waits_is_forgotten(office: Office) -> None:
    office.dial(SOFT, "1901")
    office.choose(HARD)
    office.house.sign_out(office.carol)
    assert len(office.house.gateway.following) == 0


def test_a_directory_that_changes_moves_who_has_to_go_and_nobody_else(office: Office) -> None:
    alice = office.house.sign_in("tel:1001")
    before = office.house.session_of(alice).appearance
    office.load(ROWS[0], ROWS[2])
    assert office.device == HARD
    assert office.house.session_of(alice).appearance is before
    office.load(ROWS[2])
    assert len(office.house.gateway.sessions) == 1
    assert office.carol.dialog is not None
    assert office.carol.dialog.ended


def test_a_directory_that_changes_all_the_time_piles_nothing_up(office: Office) -> None:
    following = office.house.gateway.following
    for _ in range(50):
        following.directory_changed()
    assert len(following._looks) == len(office.house.gateway.sessions) == 1


def test_a_call_is_not_disturbed_by_a_directory_that_changes(office: Office) -> None:
    office.house.ask(office.carol, call(office.carol))
    office.load(ROWS[0], ROWS[2])
    assert office.device == SOFT
    [held] = office.session.calls.known()
    clear = ClearConnection(connection_to_be_cleared=ConnectionId(held, office.carol.line))
    assert office.house.refusal(office.carol, clear) == ""
    assert office.device == HARD


def test_many_that_have_to_go_are_asked_for_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    for _ in range(3 * MAX_AT_ONCE):
        office.house.invite("tel:1100")
    office.house.settle()
    asked: list[int] = []
    inquiries = office.house.gateway.following._inquiries
    ask = inquiries.ask

    def counted(link: LinkId, appearance: LineAppearance, tell: Tell) -> None:
        ask(link, appearance, tell)
        asked.append(sum(inquiries.open(link.id) for link in office.house.links))

    monkeypatch.setattr(inquiries, "ask", counted)
    office.load(ROWS[0], ROWS[2])
    office.house.advance(10.0)
    assert {session.appearance.device for session in office.house.gateway.sessions} == {HARD}
    assert 0 < max(asked) <= 2 * MAX_AT_ONCE


# --- lines that leave their phone -----------------------------------------------------------------------


def log_in(office: Office, line: str, device: str) -> None:
    cluster = office.house.cluster
    move_line(cluster, cluster.appearance(f"tel:{line}"), cluster.fleet.devices[device])
    office.house.settle()


def test_a_line_that_is_nowhere_ends_the_session_in_time() -> None:
    office = Office(rows=[("1100", SOFT, "")])
    cluster = office.house.cluster
    soft = cluster.appearance(f"tel:1100;device={SOFT}")
    move_line(cluster, soft, cluster.fleet.devices["SEP000000001004"])
    office.house.settle()
    assert office.session.moving
    office.house.advance(PATIENCE + 1)
    assert len(office.house.gateway.sessions) == len(office.house.gateway.following) == 0
    assert office.carol.dialog is not None
    assert office.carol.dialog.ended


def test_requests_on_the_way_are_served_on_arrival() -> None:
    office = Office()
    alice = office.house.sign_in("tel:1001")
    link = office.house.link_of(alice)
    log_in_at = office.house.cluster.fleet.devices["SEP000000001004"]
    move_line(office.house.cluster, office.house.cluster.appearance("tel:1001"), log_in_at)
    office.house.monitors.publish(office.house.cluster.take_facts())
    link.run()
    office.house.send(alice, call(alice))
    office.house.settle()
    assert len(alice.answers) == 1
    [leg] = office.house.cluster.legs_at(office.house.cluster.appearance("tel:1001"))
    assert leg.endpoint.device_id == "tel:1001;device=SEP000000001004"


def test_a_request_waits_only_so_long_for_a_line_that_is_nowhere() -> None:
    office = Office(rows=[("1100", SOFT, "")])
    cluster = office.house.cluster
    move_line(
        cluster, cluster.appearance(f"tel:1100;device={SOFT}"), cluster.fleet.devices["SEP000000001004"]
    )
    office.house.settle()
    assert office.house.refusal(office.carol, call(office.carol)) == "resourceOutOfService"
    assert len(office.house.gateway.sessions) == 1


def test_a_line_may_move_again_and_again_but_not_at_once() -> None:
    office = Office()
    alice = office.house.sign_in("tel:1001")
    for device in ("SEP000000001004", "SEP000000001005", "SEP000000001001"):
        office.house.advance(STEADY + 1)
        log_in(office, "1001", device)
        assert office.house.refusal(alice, call(alice)) == ""
        [leg] = office.house.cluster.legs_at(office.house.cluster.appearance("tel:1001"))
        call_control.hangup(office.house.cluster, leg)
        office.house.settle()
    log_in(office, "1001", "SEP000000001004")
    assert len(office.house.gateway.sessions) == 1  # hers is over: a monitor that will not stay is no line
