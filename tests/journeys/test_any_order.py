"""Anything in any order: three users (one of them signed in twice), phones, and CTI requests that fail.

In a second run CTIManagers are lost as well, and the sessions move.

After every step the gateway's view of every line is the cluster's, every client was told a legal sequence of
events that leads to the same view, and every refusal is one of the errors there are. When everybody has hung
up and signed out nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from csta_xml import (
    AlternateCall,
    AnswerCall,
    AutoOriginate,
    CallId,
    ClearCall,
    ClearConnection,
    ConferenceCall,
    ConnectionId,
    ConsultationCall,
    CSTAErrorCode,
    DeflectCall,
    DeviceId,
    DirectedPickupCall,
    ForwardingType,
    GenerateDigits,
    GetDoNotDisturb,
    GetForwarding,
    GetMessageWaitingIndicator,
    GroupPickupCall,
    HoldCall,
    MakeCall,
    ParkCall,
    ReconnectCall,
    RetrieveCall,
    Service,
    SetDoNotDisturb,
    SetForwarding,
    SetMessageWaitingIndicator,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    TransferCall,
)
from csta_xml import LocalConnectionState as State
from cstagw.metric_labels import CSTA_ERRORS
from ctimgr_client.serving.refused import Refused
from ctimgr_client.simulator import call_control, dialling, nodes
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance
from tests.journeys.in_memory import Fate, House
from tests.journeys.legal import Checker

LINES = ("1001", "1002", "1003")
PARK_NUMBERS = ("7001", "7002")
OUTSIDE = ("1901", "1902", "1903", "1904", "1905", "+15551901")
NUMBERS = (*LINES, *OUTSIDE, *PARK_NUMBERS, "99", "no number")

Own = Callable[[ConnectionId], Service]
Two = Callable[[ConnectionId, ConnectionId], Service]
To = Callable[[ConnectionId, DeviceId], Service]

ONE_CALL: list[Own] = [
    lambda one: AnswerCall(call_to_be_answered=one),
    lambda one: ClearConnection(connection_to_be_cleared=one),
    lambda one: ClearCall(call_to_be_cleared=one),
    lambda one: HoldCall(call_to_be_held=one),
    lambda one: RetrieveCall(call_to_be_retrieved=one),
    lambda one: SnapshotCall(snapshot_object=one),
    lambda one: GenerateDigits(connection_to_send_digits=one, characters_to_send="12#"),
]
TWO_CALLS: list[Two] = [
    lambda one, other: AlternateCall(held_call=one, active_call=other),
    lambda one, other: ReconnectCall(held_call=one, active_call=other),
    lambda one, other: TransferCall(held_call=one, active_call=other),
    lambda one, other: ConferenceCall(held_call=one, active_call=other),
]
CALL_AND_NUMBER: list[To] = [
    lambda one, to: ConsultationCall(existing_call=one, consulted_device=to),
    lambda one, to: SingleStepTransferCall(active_call=one, transferred_to=to),
    lambda one, to: SingleStepConferenceCall(active_call=one, device_to_join=to),
    lambda one, to: DeflectCall(call_to_be_diverted=one, new_destination=to),
    lambda one, to: ParkCall(parking=one, park_to=to),
]
LINE_ONLY: list[Callable[[DeviceId], Service]] = [
    lambda line: SnapshotDevice(snapshot_object=line),
    lambda line: GroupPickupCall(new_destination=line),
    lambda line: SetDoNotDisturb(device=line, do_not_disturb_on=True),
    lambda line: SetDoNotDisturb(device=line, do_not_disturb_on=False),
    lambda line: SetForwarding(device=line, activate_forward=True, forward_dn=DeviceId("tel:1003")),
    lambda line: SetForwarding(device=line, activate_forward=False),
    lambda line: SetForwarding(
        device=line, forwarding_type=ForwardingType.BUSY, activate_forward=True, forward_dn=line
    ),
    lambda line: SetMessageWaitingIndicator(device=line, message_waiting_on=True),
    lambda line: GetMessageWaitingIndicator(device=line),
    lambda line: GetDoNotDisturb(device=line),
    lambda line: GetForwarding(device=line),
]
PHONE = {
    call_control.TO_ANSWER: call_control.answer,
    call_control.TO_HANG_UP: call_control.hangup,
    call_control.TO_HOLD: call_control.hold,
    call_control.TO_RESUME: call_control.resume,
}

numbers, users = st.sampled_from(NUMBERS), st.integers(0, 3)
fates = st.sampled_from([*[Fate.SERVED] * 8, Fate.LOST, Fate.UNANSWERED])
picks = st.integers(0, 5)


def tel(number: str) -> DeviceId:
    return DeviceId(f"tel:{number}")


class AnyOrder(RuleBasedStateMachine):
    """The users are Alice twice (once per CTIManager), Bob and Carol."""

    USERS: tuple[str, ...] = ("1001", "1001", "1002", "1003")

    def make_house(self) -> House:
        return House()

    @initialize(scene=st.integers(0, 4))
    def begin(self, scene: int) -> None:
        """Nothing at first, or Alice talks with Bob, rings Carol too, talks with her, or all three talk."""
        self.house = self.make_house()
        self.clients = [self.house.sign_in(f"tel:{line}") for line in self.USERS]
        self.checkers: list[Checker] = []
        for client in self.clients:
            client.watch = checker = Checker(client.line)
            self.checkers.append(checker)
        alice = self.clients[0].line
        if scene > 0:
            self.ask(0, MakeCall(calling_device=alice, called_directory_number=tel("1002")), Fate.SERVED)
            self.press("1002", call_control.TO_ANSWER)
        if scene > 1:
            consultation = CALL_AND_NUMBER[0](self.connection(0, 0), tel("1003"))
            self.ask(0, consultation, Fate.SERVED)
        if scene > 2:
            self.press("1003", call_control.TO_ANSWER)
        if scene > 3:
            self.ask(0, TWO_CALLS[3](self.connection(0, 0), self.connection(0, 1)), Fate.SERVED)

    # What users ask for

    @rule(user=users, data=st.data(), number=numbers)
    def something_sensible(self, user: int, data: st.DataObject, number: str) -> None:
        self.ask(user, data.draw(st.sampled_from(self.sensible(user, tel(number)))), Fate.SERVED)

    @rule(user=users, data=st.data(), number=st.sampled_from(LINES), fate=fates)
    def something_sensible_inside(self, user: int, data: st.DataObject, number: str, fate: Fate) -> None:
        self.ask(user, data.draw(st.sampled_from(self.sensible(user, tel(number)))), fate)

    @rule(line=st.sampled_from(LINES))
    def somebody_answers(self, line: str) -> None:
        self.press(line, call_control.TO_ANSWER)

    @rule(user=users, number=numbers, fate=fates, how=st.sampled_from([None, *AutoOriginate]))
    def make_call(self, user: int, number: str, fate: Fate, how: AutoOriginate | None) -> None:
        line = self.clients[user].line
        before = set(self.house.cluster.calls)
        service = MakeCall(calling_device=line, called_directory_number=tel(number), auto_originate=how)
        self.ask(user, service, fate)
        made = set(self.house.cluster.calls) - before
        assert len(made) <= (0 if fate is Fate.LOST else 1)

    @rule(user=users, verb=st.sampled_from(ONE_CALL), pick=picks, fate=fates)
    def about_one_call(self, user: int, verb: Own, pick: int, fate: Fate) -> None:
        self.ask(user, verb(self.connection(user, pick)), fate)

    @rule(user=users, verb=st.sampled_from(TWO_CALLS), one=picks, other=picks, fate=fates)
    def about_two_calls(self, user: int, verb: Two, one: int, other: int, fate: Fate) -> None:
        self.ask(user, verb(self.connection(user, one), self.connection(user, other)), fate)

    @rule(user=users, verb=st.sampled_from(CALL_AND_NUMBER), pick=picks, number=numbers, fate=fates)
    def about_a_call_and_a_number(self, user: int, verb: To, pick: int, number: str, fate: Fate) -> None:
        self.ask(user, verb(self.connection(user, pick), tel(number)), fate)

    @rule(user=users, verb=st.sampled_from(LINE_ONLY), fate=fates)
    def about_the_line(self, user: int, verb: Callable[[DeviceId], Service], fate: Fate) -> None:
        self.ask(user, verb(self.clients[user].line), fate)

    @rule(user=users, other=st.sampled_from(LINES), pick=picks, fate=fates)
    def pick_up(self, user: int, other: str, pick: int, fate: Fate) -> None:
        calls = sorted(self.house.cluster.calls)
        ringing = ConnectionId(calls[pick % len(calls)] if calls else CallId("none"), tel(other))
        service = DirectedPickupCall(call_to_be_picked_up=ringing, requesting_device=self.clients[user].line)
        self.ask(user, service, fate)

    # What happens at the phones

    @rule(line=st.sampled_from(LINES), number=numbers)
    def dial(self, line: str, number: str) -> None:
        self.by_hand(lambda: dialling.dial(self.cluster, self.phone(line), number, self.house.now))

    @rule(line=st.sampled_from(LINES), choice=st.sampled_from(sorted(PHONE, key=str)))
    def press(self, line: str, choice: call_control.Choice) -> None:
        def press() -> None:
            leg = call_control.choose(self.cluster, (self.phone(line),), choice)
            PHONE[choice](self.cluster, leg)

        self.by_hand(press)

    @rule(line=st.sampled_from(LINES))
    @precondition(lambda self: all(self.phone(line).device.in_service for line in LINES))
    def unplug(self, line: str) -> None:
        self.by_hand(lambda: nodes.unregister(self.cluster, self.phone(line).device))

    @rule(line=st.sampled_from(LINES))
    def plug_in(self, line: str) -> None:
        self.by_hand(lambda: nodes.register(self.cluster, self.phone(line).device))

    @rule(seconds=st.sampled_from([1.0, 25.0]))
    def time_passes(self, seconds: float) -> None:
        self.house.advance(seconds)

    # What must be true then

    @invariant()
    @precondition(lambda self: hasattr(self, "house"))
    def all_see_the_same(self) -> None:
        for client, checker in zip(self.clients, self.checkers, strict=True):
            truth = {leg.call.id: leg.state for leg in self.legs(client.line)}
            assert self.house.session_of(client).calls.states() == truth
            assert client.calls.states() == truth
            assert checker.calls == truth

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        for line in LINES:
            self.plug_in(line)
            self.hang_up(line)
        for number in PARK_NUMBERS:  # who is parked stays so until somebody takes him back
            self.dial("1001", number)
            self.hang_up("1001")
        self.house.settle()
        self.house.advance(30.0)
        self.all_see_the_same()
        assert not self.cluster.calls
        for client in self.clients:
            self.house.sign_out(client)
        assert len(self.house.gateway.sessions) == len(self.house.gateway.monitors) == 0
        assert len(self.house.monitors) == self.house.agent.dialog_count == 0
        assert [link.link.requests_in_flight for link in self.house.links] == [0, 0]

    def hang_up(self, line: str) -> None:
        for leg in self.legs(tel(line)):
            call_control.hangup(self.cluster, leg)

    # Tools

    @property
    def cluster(self) -> Cluster:
        return self.house.cluster

    def ask(self, user: int, service: Service, fate: Fate) -> None:
        answer = self.house.ask(self.clients[user], service, fate)
        if isinstance(answer, CSTAErrorCode):
            assert answer.value in CSTA_ERRORS, answer
        else:
            assert type(answer).__name__ == f"{type(service).__name__}Response"
            assert fate is Fate.SERVED

    def sensible(self, user: int, to: DeviceId) -> list[Service]:
        """What the states of the user's calls allow, mostly."""
        line = self.clients[user].line
        by_state: dict[State, list[ConnectionId]] = {}
        for leg in self.legs(line):
            by_state.setdefault(leg.state, []).append(ConnectionId(leg.call.id, line))
        active, held = by_state.get(State.CONNECTED, []), by_state.get(State.HOLD, [])
        services: list[Service] = []
        for one in by_state.get(State.ALERTING, []):
            services += [ONE_CALL[0](one), ONE_CALL[1](one), CALL_AND_NUMBER[3](one, to)]
        for one in active:
            services += [verb(one) for verb in ONE_CALL[1:]]
            services += [verb(one, to) for verb in CALL_AND_NUMBER]
        services += [ONE_CALL[4](one) for one in held]
        services += [verb(one, other) for verb in TWO_CALLS for one in held for other in active]
        services.append(MakeCall(calling_device=line, called_directory_number=to))
        return services

    def connection(self, user: int, pick: int) -> ConnectionId:
        """Mostly a call of the user's own, sometimes somebody else's or none at all."""
        line = self.clients[user].line
        calls = [leg.call.id for leg in self.legs(line)]
        if pick < len(calls):
            return ConnectionId(calls[pick], line)
        if pick == 5:
            return ConnectionId(CallId("1_none"), line)
        return ConnectionId(calls[-1] if calls else CallId("1_none"), tel(LINES[pick % 3]))

    def phone(self, line: str) -> Appearance:
        return self.cluster.appearance(f"tel:{line}")

    def legs(self, line: DeviceId) -> tuple[Leg, ...]:
        return self.cluster.legs_at(self.cluster.appearance(line))

    def by_hand(self, act: Callable[[], object]) -> None:
        with suppress(Refused):
            act()
        self.house.settle()


class AnyLoss(AnyOrder):
    """The same where CTIManagers are lost and come back, and sessions move."""

    def make_house(self) -> House:
        return House(move=True)

    @rule(which=st.integers(0, 1))
    def lose(self, which: int) -> None:
        link = self.house.links[which]
        self.house.lose(link)
        self.house.come_back(link)

    @rule(data=st.data(), steps=st.integers(0, 6))
    def black_out(self, data: st.DataObject, steps: int) -> None:
        """Both are gone, life at the phones goes on, both come back."""
        lost = list(self.house.links)
        for link in lost:
            link.lose()
        self.house.settle()
        for _ in range(steps):
            line = data.draw(st.sampled_from(LINES))
            if data.draw(st.booleans()):
                self.press(line, data.draw(st.sampled_from(sorted(PHONE, key=str))))
            else:
                self.dial(line, data.draw(numbers))
        for link in lost:
            self.house.come_back(link)


TestAnyLoss = AnyLoss.TestCase
TestAnyLoss.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
