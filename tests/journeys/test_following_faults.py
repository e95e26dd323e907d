"""Sessions that follow their line while something else goes wrong or changes: never left where nobody
watches, never with a right that is gone, and nothing left behind."""

from __future__ import annotations

import pytest

from csta_xml import (
    GetDoNotDisturb,
    MonitorStart,
    MonitorStop,
    MonitorType,
)
from cstagw import following
from cstagw.directory import Directory
from cstagw.following import GRACE
from cstagw.identity import LineAppearance
from cstagw.inquiry import Inquiries, Report, Tell
from cstagw.lines import Lines
from cstagw.moving import PATIENCE
from cstagw.numbers import NO_RULES, Numbers, Rule
from cstagw.selection import Choice, Choices
from ctimgr_client import LinkId
from ctimgr_client.simulator import dialling
from ctimgr_client.simulator.mobility import move_line
from tests.journeys.in_memory import Client, Fate, House
from tests.journeys.test_following import HARD, ROWS, SOFT, USER, Office, table


def log_in(office: Office, line: str, device: str) -> None:
    """Without letting anybody notice yet."""
    cluster = office.house.cluster
    move_line(cluster, cluster.appearance(f"tel:{line}"), cluster.fleet.devices[device])


def is_told(office: Office, client: Client, line: str) -> bool:
    """Whether what happens at the line now reaches its client."""
    client.events.clear()
    dialling.dial(office.house.cluster, office.house.cluster.appearance(f"tel:{line}"), "1901", 0.0)
    office.house.settle()
    return bool(client.events)


def invited(office: Office, line: str) -> Client:
    """An INVITE whose answer waits for CTIManagers that say nothing for the moment."""
    for link in office.house.links:
        link.stalled = True
    client = office.house.invite(line)
    office.house.settle()
    return client


def answer_all(office: Office) -> None:
    for link in office.house.links:
        link.stalled = False
    office.house.settle()


# --- during a sign-in -------------------------------------------------------------------------------------


def test_a_right_that_is_taken_away_during_a_sign_in() -> None:
    office = Office()
    client = invited(office, "tel:1001")
    office.directory.taken(table(*ROWS[:2]), 0.0)
    answer_all(office)
    assert client.status == 404
    assert len(office.house.gateway.sessions) == 1


def test_a_choice_during_a_sign_in() -> None:
    office = Office()
    office.house.hang_up_session(office.carol)
    client = invited(office, "tel:1100")
    office.choices.apply([Choice(USER, "1100", HARD)])
    answer_all(office)
    assert client.status == 200
    assert office.house.session_of(client).appearance.device == HARD


# --- rights -----------------------------------------------------------------------------------------------


def test_a_phone_that_is_not_his_any_more_is_kept_for_a_moment_only() -> None:
    office = Office(rows=[("1100", SOFT, "")])
    office.dial(SOFT, "1901")
    office.load(("1100", HARD, ""))
    office.house.advance(GRACE - 2)
    assert office.device == SOFT
    office.house.advance(4)
    assert len(office.house.gateway.sessions) == len(office.house.gateway.following) == 0


def test_a_phone_that_he_may_keep_is_kept_however_long_his_choice_has_to_wait() -> None:
    office = Office()
    office.dial(SOFT, "1901")
    office.choose(HARD)
    office.house.advance(2 * GRACE)
    assert office.device == SOFT


def test_other_rules_for_numbers_are_other_rights() -> None:
    rules = Numbers((Rule(r"\+1425555(\d{4})", r"\1"),))
    lines = Lines(Directory("csv", "csv:test", table(("1001", "", ""))), Choices(), rules.dialled)
    house = House(lines=lines)
    house.invite("tel:+14255551001")
    house.settle()
    assert len(house.gateway.sessions) == 1
    lines.dialled = NO_RULES.dialled
    house.gateway.use(NO_RULES)
    house.settle()
    assert len(house.gateway.sessions) == 0


# --- a CTIManager that stops or refuses on the way --------------------------------------------------------


@pytest.mark.parametrize("move", [False, True])
def test_a_monitor_that_is_stopped_at_the_new_phone(move: bool) -> None:
    office = Office(move=move)
    gateway, session = office.house.gateway, office.session
    gateway.following.choices_changed(office.choices.apply([Choice(USER, "1100", HARD)]))
    link = office.house.link_of(office.carol)
    while not office.house.monitors_of(HARD):
        link.run()
    assert session.moving
    service = MonitorStop(monitor_cross_ref_id=next(iter(office.house.monitors_of(HARD))))
    link.says(service)
    office.house.settle()
    office.house.advance(5)
    assert not session.ended
    assert is_told(office, office.carol, f"1100;device={session.appearance.device}")


def test_a_line_that_moves_on_while_it_is_followed() -> None:
    office = Office()
    alice = office.house.sign_in("tel:1001")
    session, link = office.house.session_of(alice), office.house.link_of(alice)
    log_in(office, "1001", "SEP000000001004")
    office.house.monitors.publish(office.house.cluster.take_facts())
    while not office.house.monitors_of("SEP000000001004"):
        link.run()
    log_in(office, "1001", "SEP000000001005")
    office.house.settle()
    office.house.advance(5)
    assert not session.ended
    assert is_told(office, alice, "1001")


def test_a_line_that_is_not_where_the_directory_says_is_found_later() -> None:
    office = Office(rows=[*ROWS[:2], ("1001", "SEP000000001001", "")])
    alice = office.house.sign_in("tel:1001")
    session = office.house.session_of(alice)
    log_in(office, "1001", "SEP000000001005")
    office.load(*ROWS[:2], ("1001", "SEP000000001004", ""))
    office.house.advance(3)
    assert session.moving
    office.load(*ROWS[:2], ("1001", "SEP000000001005", ""))
    office.house.advance(3)
    assert (session.appearance.device, session.moving) == ("SEP000000001005", False)
    assert is_told(office, alice, "1001")


def test_a_monitor_that_is_refused_late_leaves_nothing() -> None:
    office = Office()
    alice = office.house.sign_in("tel:1001")
    office.house.link_of(alice).fate = Fate.UNANSWERED
    service = MonitorStart(monitor_object=alice.line, monitor_type=MonitorType.CALL)
    office.house.send(alice, service)
    office.house.settle()
    log_in(office, "1001", "SEP000000001004")
    office.house.settle()
    office.house.advance(6)
    for client in (alice, office.carol):
        office.house.hang_up_session(client)
    office.house.advance(6)
    for link in office.house.links:
        link.be_late()
    office.house.settle()
    assert len(office.house.gateway.monitors) == len(office.house.monitors) == 0


def test_what_a_phone_can_do_is_unknown_where_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    query = GetDoNotDisturb(device=office.carol.line)
    assert office.house.refusal(office.carol, query) == "serviceNotSupported"
    ask = Inquiries.ask

    def silent(self: Inquiries, link: LinkId, appearance: LineAppearance, tell: Tell) -> None:
        ask(self, link, appearance, lambda report: tell(Report(report.link, report.line)))

    monkeypatch.setattr(Inquiries, "ask", silent)
    office.choose(HARD)
    assert office.house.refusal(office.carol, query) == ""


# --- many at a time ---------------------------------------------------------------------------------------


def test_many_lines_that_move_at_once_do_not_wait_for_each_others_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "MAX_AT_ONCE", 1)
    office = Office(rows=[*ROWS[:2], *((f"10{n:02}", "", "") for n in range(1, 6))])
    for number in range(1, 6):
        office.house.sign_in(f"tel:10{number:02}")
    for number in range(1, 6):
        log_in(office, f"10{number:02}", f"SEP0000000010{number + 10}")
    office.house.settle()
    office.house.advance(0.5)
    assert not any(session.moving for session in office.house.gateway.sessions)


def test_lines_that_are_nowhere_keep_no_other_from_being_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MAX_AT_ONCE", 1)
    nowhere = (("1001", "SEP000000001001", ""), ("1002", "SEP000000001002", ""))
    office = Office(rows=[*ROWS[:2], *nowhere, ("1003", "", "")])
    clients = [office.house.sign_in(f"tel:100{number}") for number in (1, 2, 3)]
    for number in (1, 2, 3):
        log_in(office, f"100{number}", f"SEP00000000101{number}")
    office.house.settle()
    office.house.advance(PATIENCE + 1)
    lines = {session.line.text for session in office.house.gateway.sessions}
    assert lines == {"tel:1100", "tel:1003"}
    assert is_told(office, clients[2], "1003")


def test_sessions_without_a_monitor_are_asked_for_a_few_at_a_time_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "MAX_AT_ONCE", 5)
    office = Office()
    for _ in range(60):
        office.house.invite("tel:1100")
    office.house.settle()
    for link in office.house.links:
        link.stalled = True
    office.load(ROWS[0], ROWS[2])
    open_ones = sum(office.house.gateway.load(link.id) for link in office.house.links)
    used = sum(office.house.gateway.sessions.devices_on(link.id) for link in office.house.links)
    assert open_ones - used <= 5
    answer_all(office)
    office.house.advance(10)
    assert {session.appearance.device for session in office.house.gateway.sessions} == {HARD}


def test_a_phone_of_which_nothing_is_known_is_not_left() -> None:
    office = Office()
    assert office.carol.reference is not None
    office.house.ask(office.carol, MonitorStop(monitor_cross_ref_id=office.carol.reference))
    office.dial(SOFT, "1901")
    office.house.link_of(office.carol).fate = Fate.UNANSWERED
    office.choose(HARD)
    office.house.advance(7)
    assert office.device == SOFT


# --- duplicates -------------------------------------------------------------------------------------------


def test_a_device_is_the_same_in_any_case() -> None:
    house = House(duplicate="refuse")
    statuses = []
    for device in ("SEP000000001001", "sep000000001001"):
        client = house.invite(f"tel:1001;device={device}")
        house.settle()
        statuses.append(client.status)
    assert statuses == [200, 480]
