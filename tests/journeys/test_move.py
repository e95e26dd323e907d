"""`on_cti_loss = "move"`: the CTIManager is lost, the client keeps its session and is told what it missed."""

from __future__ import annotations

import pytest

from csta_xml import (
    AnswerCall,
    ClearConnection,
    ConnectionId,
    DeviceId,
    GetCSTAFeatures,
    HoldCall,
    MakeCall,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStop,
    MonitorType,
    OriginatedEvent,
    RequestSystemStatus,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from cstagw.errors import OUT_OF_SERVICE
from cstagw.moving import LONGEST_WAIT, MAX_MOVING, MAX_WAITING, PATIENCE
from cstagw.pace import PER_TURN
from ctimgr_client import LinkId
from ctimgr_client.simulator import call_control, dialling
from ctimgr_client.simulator.call_control import Choice
from tests.journeys.in_memory import Client, House, MemoryLink
from tests.journeys.legal import Checker
from tests.journeys.stories import Stories


class Office:
    """Alice on ctim1, Bob on ctim2; what each was told is checked and told as a story."""

    def __init__(self) -> None:
        self.house = House(move=True)
        self.alice, self.bob = (self.house.sign_in(f"tel:{line}") for line in ("1001", "1002"))
        self.stories = Stories()
        self.checkers = {client: Checker(client.line) for client in (self.alice, self.bob)}
        for client, checker in self.checkers.items():
            client.watch = checker

    @property
    def ctim1(self) -> MemoryLink:
        return self.house.links[0]

    def told(self, client: Client) -> list[str]:
        events, client.events[:] = client.events[:], []
        return [self.stories.line(event) for event in events]

    def call(self) -> None:
        service = MakeCall(calling_device=self.alice.line, called_directory_number=DeviceId("tel:1002"))
        assert self.house.refusal(self.alice, service) == ""

    def press(self, line: str, choice: Choice) -> None:
        """A finger at a phone, while nobody who is cut off hears of it."""
        cluster = self.house.cluster
        leg = call_control.choose(cluster, (cluster.appearance(f"tel:{line}"),), choice)
        {
            call_control.TO_ANSWER: call_control.answer,
            call_control.TO_HANG_UP: call_control.hangup,
            call_control.TO_HOLD: call_control.hold,
        }[choice](cluster, leg)

    def all_see_the_same(self) -> None:
        for client, checker in self.checkers.items():
            legs = self.house.cluster.legs_at(self.house.cluster.appearance(client.line))
            truth = {leg.call.id: leg.state for leg in legs}
            session = self.house.session_of(client)
            assert checker.calls == client.calls.states() == session.calls.states() == truth


@pytest.fixture
def office() -> Office:
    return Office()


def test_nothing_happened_meanwhile_so_nothing_is_told(office: Office) -> None:
    office.call()
    office.told(office.alice)
    office.house.lose(office.ctim1)
    assert office.told(office.alice) == []
    assert office.house.link_of(office.alice) is office.house.links[1]
    office.all_see_the_same()


def test_the_client_goes_on_where_it_was(office: Office) -> None:
    office.call()
    office.house.lose(office.ctim1)
    [call] = office.bob.calls
    answer = AnswerCall(call_to_be_answered=ConnectionId(call, office.bob.line))
    assert office.house.refusal(office.bob, answer) == ""
    hold = HoldCall(call_to_be_held=ConnectionId(call, office.alice.line))
    assert office.house.refusal(office.alice, hold) == ""
    assert office.told(office.alice)[-2:] == [
        "Established a 1002 connected normal",
        "Held a 1001 hold normal",
    ]
    office.all_see_the_same()


def test_what_was_missed_is_told_in_order(office: Office) -> None:
    office.call()
    office.told(office.alice)
    lost = office.ctim1
    for link in office.house.links:  # nobody is there: the gap is long
        link.lose()
    office.press("1002", call_control.TO_ANSWER)
    office.press("1001", call_control.TO_HOLD)
    dialling.dial(office.house.cluster, office.house.cluster.appearance("tel:1001"), "1901", 0.0)
    office.house.settle()
    assert office.told(office.alice) == []
    office.house.come_back(lost)
    assert office.told(office.alice) == [
        "Established a 1002 connected normal",
        "Held a 1001 hold normal",
        "ServiceInitiated b 1001 initiated makeCall",
        "Originated b 1001 connected newCall",
        "Delivered b 1901 connected newCall",
        "Established b 1901 connected normal",
    ]
    office.all_see_the_same()


def test_a_call_that_ended_meanwhile_is_cleared(office: Office) -> None:
    office.call()
    office.told(office.alice)
    lost = office.ctim1
    for link in office.house.links:
        link.lose()
    office.press("1001", call_control.TO_HANG_UP)
    office.house.come_back(lost)
    assert office.told(office.alice) == ["ConnectionCleared a 1001 null normalClearing"]
    office.all_see_the_same()


def test_requests_wait_until_the_session_has_arrived(office: Office) -> None:
    lost = office.ctim1
    for link in office.house.links:
        link.lose()
    house, alice = office.house, office.alice
    asked = SnapshotDevice(snapshot_object=alice.line)
    house.send(alice, asked)
    house.settle()
    assert not alice.answers
    house.come_back(lost)
    assert [type(answer) for answer in alice.answers] == [SnapshotDeviceResponse]


def test_only_so_many_requests_wait(office: Office) -> None:
    for link in office.house.links:
        link.lose()
    for _ in range(MAX_WAITING + 3):
        office.house.send(office.alice, SnapshotDevice(snapshot_object=office.alice.line))
    office.house.settle()
    assert len(office.alice.answers) == 3


def test_a_call_whose_answer_was_lost_with_the_link_is_announced_not_repeated(office: Office) -> None:
    house, alice = office.house, office.alice
    office.ctim1.deaf = True
    service = MakeCall(calling_device=alice.line, called_directory_number=DeviceId("tel:1901"))
    house.send(alice, service)
    house.settle()
    house.lose(office.ctim1)
    assert len(alice.answers) == 1
    assert [type(event) for event in alice.events].count(OriginatedEvent) == len(house.cluster.calls) == 1
    office.all_see_the_same()


def test_a_session_that_finds_nobody_ends_after_a_while(office: Office) -> None:
    for link in office.house.links:
        link.lose()
    assert len(office.house.gateway.sessions) == 2
    office.house.advance(PATIENCE - 2.0)
    office.house.send(office.alice, SnapshotDevice(snapshot_object=office.alice.line))
    office.house.advance(3.0)
    assert len(office.house.gateway.sessions) == len(office.house.gateway.moving) == 0
    assert (office.alice.answers, office.alice.refusals) == ([], [481])


def test_a_request_does_not_wait_for_ever(office: Office) -> None:
    for link in office.house.links:
        link.lose()
    office.house.send(office.alice, SnapshotDevice(snapshot_object=office.alice.line))
    office.house.advance(LONGEST_WAIT + 1.0)
    assert office.alice.answers == [OUT_OF_SERVICE]
    assert len(office.house.gateway.sessions) == 2


def test_what_needs_no_link_is_answered_meanwhile(office: Office) -> None:
    for link in office.house.links:
        link.lose()
    for service in (RequestSystemStatus(), GetCSTAFeatures(line=office.alice.line)):
        office.house.send(office.alice, service)
    office.house.settle()
    assert len(office.alice.answers) == 2


def test_who_has_ended_does_not_move() -> None:
    house = House(move=True)
    crowd = [house.invite("tel:1001") for _ in range(PER_TURN + 50)]
    house.settle()
    house.gateway.close()
    for link in house.links:
        link.lose()
    house.advance(PATIENCE + 5.0)
    assert len(house.gateway.sessions) == len(house.gateway.moving) == 0
    assert all(client.dialog is not None and client.dialog.ended for client in crowd)


def test_more_sessions_than_may_move_at_a_time() -> None:
    house = House(move=True)
    crowd = [house.sign_in(f"tel:{1001 + number % 20}") for number in range(2 * MAX_MOVING + 60)]
    house.lose(house.links[0])
    assert {house.session_of(client).link for client in crowd} == {house.links[1].id}
    assert len(house.gateway.moving) == 0
    assert len(house.gateway.monitors) == 20


def test_what_happens_while_the_snapshot_is_looked_into_is_told_afterwards(office: Office) -> None:
    house, cluster = office.house, office.house.cluster
    lost = office.ctim1
    for link in house.links:
        link.lose()
    dialling.dial(cluster, cluster.appearance("tel:1001"), "1901", 0.0)
    house.settle()
    house.links[0] = MemoryLink(house, LinkId(lost.id.name, 2))
    back = house.links[0]
    while not any(b"SnapshotCall" in data for data in back.outbox):
        back.run()
    office.press("1001", call_control.TO_HANG_UP)
    house.monitors.publish(cluster.take_facts())
    house.settle()
    assert "ConnectionCleared a 1001 null normalClearing" in office.told(office.alice)
    office.all_see_the_same()


def test_a_switch_that_stops_a_monitor_makes_the_session_move(office: Office) -> None:
    reference = MonitorCrossRefId("00000001")  # the first one of the cluster is that of Alice
    office.ctim1.says(MonitorStop(monitor_cross_ref_id=reference))
    office.house.settle()
    assert len(office.house.gateway.sessions) == 2
    office.call()
    office.all_see_the_same()


def test_a_client_may_leave_on_the_way(office: Office) -> None:
    lost = office.ctim1
    for link in office.house.links:
        link.lose()
    office.house.hang_up_session(office.alice)
    assert len(office.house.gateway.sessions) == 1
    office.house.come_back(lost)
    assert len(office.house.gateway.moving) == 0
    assert len(office.house.gateway.monitors) == 1


def test_sessions_without_a_monitor_move_too() -> None:
    house = House(move=True)
    crowd = [house.invite("tel:1001") for _ in range(150)]
    house.settle()
    house.lose(house.links[0])
    assert {house.session_of(client).link for client in crowd} == {house.links[1].id}
    assert len(house.gateway.moving) == 0


def test_monitors_of_both_types_move(office: Office) -> None:
    house, alice = office.house, office.alice
    house.ask(alice, MonitorStart(monitor_object=alice.line, monitor_type=MonitorType.CALL))
    house.lose(office.ctim1)
    assert len(house.gateway.monitors) == 3
    assert len(house.monitors) == 3


def test_a_second_loss_on_the_way(office: Office) -> None:
    office.call()
    office.house.links[1].stalled = True
    office.house.lose(office.ctim1)  # Alice is on her way to ctim2
    office.house.come_back(office.ctim1)
    office.house.lose(office.house.links[1])  # and has to turn back
    assert {office.house.link_of(client) for client in (office.alice, office.bob)} == {office.ctim1}
    office.told(office.alice)
    [call] = office.alice.calls
    clear = ClearConnection(connection_to_be_cleared=ConnectionId(call, office.alice.line))
    assert office.house.refusal(office.alice, clear) == ""
    office.all_see_the_same()
