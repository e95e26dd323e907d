"""People at their phones do anything: the cluster stays consistent, and monitors are told how it is.

Two of the lines are on one device, and one line is on two devices, to begin with: users take their lines to
other phones. Every appearance is watched by a monitor of its device and one of its calls, and what has moved
is watched anew where it is now.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from csta_xml import (
    CallClearedEvent,
    CallId,
    ConferencedEvent,
    DeviceId,
    Event,
    LocalConnectionState,
    MonitorCrossRefId,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorType,
    TransferedEvent,
)
from ctimgr_client.serving.refused import Refused
from ctimgr_client.simulator import (
    call_control,
    conference,
    dialling,
    diversion,
    mobility,
    nodes,
    parking,
    pickup,
    transfer,
    two_calls,
)
from ctimgr_client.simulator.calls import Call, Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.merging import MAX_PARTIES
from ctimgr_client.simulator.phones import Appearance, Line, Outside
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

PHONES = ("tel:1001", "tel:1002", "tel:1003", "tel:1300", "tel:1301", HARD, SOFT)
DEVICES = (
    "SEP000000001001",
    "SEP000000001002",
    "SEP000000001004",
    "SEP000000001100",
    "SEP00000000110C",
    "SEP000000001300",
)
PARK = ("7001", "7002")
NUMBERS = (*PHONES[:-1], "1901", "1902", "1903", "1904", "+15551901", *PARK)
PRESSED: tuple[Callable[[Cluster, Leg], None], ...] = (
    call_control.hangup,
    call_control.clear,
    call_control.hold,
    call_control.resume,
)
ON_TWO: tuple[Callable[..., object], ...] = (
    two_calls.alternate,
    two_calls.reconnect,
    transfer.transfer,
    conference.conference,
)
WITH_NUMBER: tuple[Callable[..., object], ...] = (
    two_calls.consult,
    transfer.single_step_transfer,
    conference.single_step_conference,
    diversion.deflect,
)
State = LocalConnectionState

# The legal successors of a leg's state as one monitor sees it, from no call at all (NULL) to none again.
NEXT = {
    State.NULL: {"initiated", "alerting", "connected", "queued"},
    State.INITIATED: {"connected", "null"},
    State.ALERTING: {"alerting", "connected", "queued", "null"},
    State.QUEUED: {"queued", "connected", "null"},
    State.CONNECTED: {"connected", "hold", "null"},
    State.HOLD: {"hold", "connected", "queued", "null"},
}
phones = st.sampled_from(PHONES)
numbers = st.sampled_from(NUMBERS)


def state_in(event: Event) -> State:
    """The own state that every event of a call names, but CallCleared."""
    state: State = getattr(event, "local_connection_info")  # noqa: B009 - of whichever kind it is
    return state


def call_of(event: Any) -> CallId | None:
    """The first field that is a connection names the call, in every call event."""
    fields = (getattr(event, name) for name in type(event).__dataclass_fields__)
    return next((value.call_id for value in fields if hasattr(value, "call_id")), None)


class Phones(RuleBasedStateMachine):
    """A phone is called by where its line was at first; `ids` says where it is now."""

    def __init__(self) -> None:
        super().__init__()
        self.site = Site()
        self.scene = self.site.scene
        self.cluster = self.scene.cluster
        self.talkers = {number: Talker(self.site, self.site.cti()) for number in PHONES}
        self.of_calls = {number: Talker(self.site, self.site.cti()) for number in PHONES}
        self.ids = {number: DeviceId(number) for number in PHONES}
        self.refs = {number: self.watch(number) for number in PHONES}
        self.seen: dict[tuple[str, CallId], State] = {}
        self.open: dict[str, set[CallId]] = {number: set() for number in PHONES}

    def at(self, phone: str) -> Appearance:
        return self.scene.at(self.ids[phone])

    def number(self, number: str) -> str:
        """What to dial: a phone where it is now, or a number that is no phone."""
        return self.ids.get(number, number)

    def watch(self, phone: str) -> list[MonitorCrossRefId]:
        """The references of a monitor of the device and one of its calls."""
        return [
            self.started(self.talkers[phone], self.ids[phone], MonitorType.DEVICE),
            self.started(self.of_calls[phone], self.ids[phone], MonitorType.CALL),
        ]

    def started(self, talker: Talker, device: DeviceId, kind: MonitorType) -> MonitorCrossRefId:
        answer = talker.ask(MonitorStart(monitor_object=device, monitor_type=kind))
        assert isinstance(answer, MonitorStartResponse)
        talker.heard.clear()
        return answer.monitor_cross_ref_id

    # -- what people do --

    @rule(caller=phones, number=numbers)
    def dial(self, caller: str, number: str) -> None:
        self.act(lambda: self.scene.dial(self.ids[caller], self.number(number)))

    @rule(caller=phones, number=numbers)
    def prompt(self, caller: str, number: str) -> None:
        self.act(lambda: self.scene.prompt(self.ids[caller], self.number(number)))

    @rule(caller=phones, called=phones)
    def talk(self, caller: str, called: str) -> None:
        with suppress(Refused):
            call = self.scene.dial(self.ids[caller], self.ids[called])
            call_control.answer(self.cluster, self.scene.leg(self.ids[called], call))

    @precondition(lambda self: self.legs())
    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        leg, operation = data.draw(st.sampled_from(self.legs())), data.draw(st.sampled_from(PRESSED))
        self.act(lambda: operation(self.cluster, leg))

    @precondition(lambda self: self.legs(State.ALERTING, State.INITIATED))
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        leg = data.draw(st.sampled_from(self.legs(State.ALERTING, State.INITIATED)))
        self.act(lambda: dialling.lift(self.cluster, leg, self.scene.now))

    @precondition(lambda self: self.pairs())
    @rule(data=st.data(), operation=st.sampled_from(ON_TWO))
    def join(self, data: st.DataObject, operation: Callable[..., object]) -> None:
        held, active = data.draw(st.sampled_from(self.pairs()))
        pair = (active, held) if operation is two_calls.reconnect else (held, active)
        self.act(lambda: operation(self.cluster, *pair))

    @precondition(lambda self: self.legs(State.CONNECTED))
    @rule(data=st.data(), called=phones)
    def consult(self, data: st.DataObject, called: str) -> None:
        leg = data.draw(st.sampled_from(self.legs(State.CONNECTED)))
        with suppress(Refused):
            call = two_calls.consult(self.cluster, leg, self.ids[called], self.scene.now)
            call_control.answer(self.cluster, self.scene.leg(self.ids[called], call))

    @precondition(lambda self: len(self.legs()) > 1)
    @rule(data=st.data(), operation=st.sampled_from(ON_TWO))
    def join_any(self, data: st.DataObject, operation: Callable[..., object]) -> None:
        legs = st.sampled_from(self.legs())
        self.act(lambda: operation(self.cluster, data.draw(legs), data.draw(legs)))

    @precondition(lambda self: self.legs(State.CONNECTED, State.ALERTING))
    @rule(data=st.data(), number=numbers)
    def bring(self, data: st.DataObject, number: str) -> None:
        leg = data.draw(st.sampled_from(self.legs(State.CONNECTED, State.ALERTING)))
        fitting = (diversion.deflect,) if leg.state is State.ALERTING else WITH_NUMBER
        operation = data.draw(st.sampled_from(fitting))
        self.act(lambda: operation(self.cluster, leg, self.number(number), self.scene.now))

    @precondition(lambda self: self.legs(State.CONNECTED, State.HOLD))
    @rule(data=st.data(), number=st.sampled_from(PARK))
    def park(self, data: st.DataObject, number: str) -> None:
        leg = data.draw(st.sampled_from(self.legs(State.CONNECTED, State.HOLD)))
        self.act(lambda: parking.park(self.cluster, leg, number))

    @precondition(lambda self: self.cluster.calls)
    @rule(phone=phones, data=st.data())
    def pick_up(self, phone: str, data: st.DataObject) -> None:
        connections = [each for call in self.cluster.calls.values() for each in call.connections]
        waiting = [each for each in connections if each.is_park or each.state is State.ALERTING]
        wanted = data.draw(st.sampled_from(waiting or connections))
        self.act(lambda: pickup.pick_up(self.cluster, wanted, self.at(phone)))

    @rule(phone=phones, to=st.sampled_from((None, None, None, *PHONES)))
    def forward(self, phone: str, to: str | None) -> None:
        target = None if to is None else self.ids[to]
        self.act(lambda: self.scene.forward(self.ids[phone], target))

    @rule(phone=phones, on=st.sampled_from((False, False, True)))
    def quiet(self, phone: str, on: bool) -> None:
        self.scene.quiet(self.ids[phone], on=on)

    @rule(phone=phones)
    def replug(self, phone: str) -> None:
        nodes.unregister(self.cluster, self.at(phone).device)
        nodes.register(self.cluster, self.at(phone).device)

    @rule(phone=phones, device=st.sampled_from(DEVICES))
    def log_in(self, phone: str, device: str) -> None:
        """The line goes to another phone: its monitors are stopped, and that is all that is said."""
        left = self.at(phone)
        self.act(lambda: mobility.move_line(self.cluster, left, self.cluster.fleet.devices[device]))
        if self.cluster.fleet.appearances(left.device_id) == (left,):
            return
        self.site.settle()
        for talker, ref in zip((self.talkers[phone], self.of_calls[phone]), self.refs[phone], strict=True):
            talker.listen()
            assert [said for _, said in talker.heard] == [MonitorStop(monitor_cross_ref_id=ref)]
            assert talker.cti.devices.open == 0
        there = self.cluster.fleet.devices[device].appearances
        (self.ids[phone],) = (each.device_id for each in there if each.line is left.line)
        self.refs[phone] = self.watch(phone)
        self.open[phone].clear()

    @rule(name=st.sampled_from(("cucm1", "cucm2")))
    def lose_node(self, name: str) -> None:
        nodes.fail(self.cluster, self.scene.node(name), self.scene.now)
        nodes.restore(self.cluster, self.scene.node(name), self.scene.now)

    @rule(seconds=st.sampled_from((0.3, 1.0, 20.0)))
    def wait(self, seconds: float) -> None:
        self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        """Applications send something now and then, so that their sessions go on."""
        for talker in (*self.talkers.values(), *self.of_calls.values()):
            talker.provider.alive(self.scene.now)
        self.scene.wait(seconds)

    def legs(self, *states: State) -> list[Leg]:
        """Of the phones, in these states or in any."""
        legs = (leg for phone in PHONES for leg in self.cluster.legs_at(self.at(phone)))
        return [leg for leg in legs if not states or leg.state in states]

    def pairs(self) -> list[tuple[Leg, Leg]]:
        """A held and an active call of one appearance, wherever there are."""
        active = {leg.endpoint: leg for leg in self.legs(State.CONNECTED)}
        return [(leg, active[leg.endpoint]) for leg in self.legs(State.HOLD) if leg.endpoint in active]

    def act(self, operation: Callable[[], object]) -> None:
        """What is refused changes nothing and is told to nobody."""
        self.site.settle()
        before = self.picture()
        try:
            operation()
        except Refused:
            assert self.picture() == before
            assert self.cluster.take_facts() == []

    def picture(self) -> object:
        calls = [
            (
                call.id,
                call.failed,
                [[(leg.endpoint, leg.state) for leg in each.legs] for each in call.connections],
            )
            for call in self.cluster.calls.values()
        ]
        return calls, [device.appearances for device in self.cluster.fleet.devices.values()]

    # -- what is always so --

    @invariant()
    def lines_are_where_they_are_known_to_be(self) -> None:
        fleet = self.cluster.fleet
        on_devices = [each for device in fleet.devices.values() for each in device.appearances]
        for appearance in on_devices:
            assert appearance in appearance.line.appearances
            assert fleet.appearances(appearance.device_id) == (appearance,)
            assert appearance in appearance.device.appearances
        lines = {each.line for each in on_devices}
        assert sum(len(line.appearances) for line in lines) == len(on_devices) == len(fleet._appearances)

    @invariant()
    def monitors_are_where_somebody_looks(self) -> None:
        assert set(self.site.monitors._by_appearance) == {self.at(phone) for phone in PHONES}
        assert len(self.site.monitors) == 2 * len(PHONES)
        for talker in (*self.talkers.values(), *self.of_calls.values()):
            assert talker.cti.devices.open == 1
        for call in self.cluster.calls.values():
            assert all(each in each.line.appearances for each in call.known_to)

    @invariant()
    def one_active_leg_per_device(self) -> None:
        for device in self.cluster.fleet.devices.values():
            legs = [leg for a in device.appearances for leg in self.cluster.legs_at(a)]
            active = [leg for leg in legs if leg.state is State.CONNECTED]
            assert len(active) <= 1
            assert self.cluster.active(device) is (active[0] if active else None)

    @invariant()
    def calls_hold_together(self) -> None:
        for call in self.cluster.calls.values():
            assert self.cluster.calls[call.id] is call
            assert len({connection.party for connection in call.connections}) == len(call.connections)
            assert 1 <= len(call.connections) <= MAX_PARTIES
            if len(call.connections) == 1:
                assert call.failed or call.connections[0].state is State.INITIATED
            else:
                assert call.alive
                assert not call.failed
            for connection in call.connections:
                self.holds_together(call, connection)

    def holds_together(self, call: Call, connection: Connection) -> None:
        assert connection.call is call
        assert connection.legs
        for leg in connection.legs:
            assert self.cluster.leg_at(leg.endpoint, call.id) is leg
        states = [leg.state for leg in connection.legs]
        if isinstance(connection.party, Outside):
            assert len(states) == 1
            assert (states[0] is State.QUEUED) is connection.is_park
        else:
            assert len([state for state in states if state not in (State.QUEUED, State.ALERTING)]) <= 1
            assert set(states) != {State.QUEUED}
            assert State.ALERTING not in states or set(states) == {State.ALERTING}

    @invariant()
    def nothing_is_known_that_is_not_there(self) -> None:
        legs = {id(leg) for call in self.cluster.calls.values() for leg in call.legs}
        lines = {line for device in self.cluster.fleet.devices.values() for line in self.lines(device)}
        known = {id(leg) for line in lines for each in line.appearances for leg in self.cluster.legs_at(each)}
        assert known <= legs
        parked = [
            each.party for call in self.cluster.calls.values() for each in call.connections if each.is_park
        ]
        assert len(parked) == len(set(parked))

    def lines(self, device: Any) -> set[Line]:
        return {appearance.line for appearance in device.appearances}

    @invariant()
    def what_monitors_were_told_is_how_it_is(self) -> None:
        self.site.settle()
        for phone in PHONES:
            for event in self.talkers[phone].events():
                self._told(phone, event)
            told = {call_id: state for (dn, call_id), state in self.seen.items() if dn == phone}
            legs = self.cluster.legs_at(self.at(phone))
            assert told == {leg.call.id: leg.state for leg in legs}
            self._ended(phone)

    def _told(self, phone: str, event: Event) -> None:
        call_id = call_of(event)
        if call_id is None:
            return
        if isinstance(event, TransferedEvent | ConferencedEvent):
            self._merged(phone, event)
            return
        key = phone, call_id
        before, after = self.seen.get(key, State.NULL), state_in(event)
        if before is after is State.NULL:
            assert type(event).__name__ in {"ConnectionClearedEvent", "DivertedEvent"}
            return
        assert after in NEXT[before], (before, event)
        self._now(key, after)

    def _merged(self, phone: str, event: TransferedEvent | ConferencedEvent) -> None:
        """Whoever was on the one call or the other is on the first one now, or on none."""
        primary, secondary = event.primary_old_call.call_id, event.secondary_old_call
        assert primary is not None
        was = {self.seen.pop((phone, primary), State.NULL)}
        if secondary is not None and secondary.call_id is not None:
            was.add(self.seen.pop((phone, secondary.call_id), State.NULL))
        after = event.local_connection_info
        assert after is not None
        assert was != {State.NULL}
        assert after in (*was, State.NULL, State.CONNECTED)
        self._now((phone, primary), after)

    def _now(self, key: tuple[str, CallId], state: State) -> None:
        if state is State.NULL:
            self.seen.pop(key, None)
        else:
            self.seen[key] = state

    def _ended(self, phone: str) -> None:
        """Every call of the appearance ends once, and after that nothing is said of it."""
        for event in self.of_calls[phone].events():
            call_id = call_of(event)
            assert call_id is not None
            if isinstance(event, CallClearedEvent):
                self.open[phone].remove(call_id)
                assert call_id not in self.cluster.calls
            elif state_in(event) is not State.NULL:
                self.open[phone].add(call_id)

    def teardown(self) -> None:
        """Everybody hangs up, parked calls are taken first: nothing is left."""
        self.pass_time(20.0)
        for phone in PHONES:
            nodes.register(self.cluster, self.at(phone).device)
        for number in PARK:
            parked = self.scene.parked(number)
            if parked is not None:
                pickup.pick_up(self.cluster, parked, self.scene.at("tel:1010"))
        for number in (*self.ids.values(), "tel:1010"):
            for leg in self.cluster.legs_at(self.scene.at(number)):
                if leg.state is not State.QUEUED:
                    call_control.hangup(self.cluster, leg)
        assert self.cluster.calls == {}
        self.what_monitors_were_told_is_how_it_is()
        assert self.seen == {}
        assert set().union(*self.open.values()) == set()
        assert self.cluster._legs == {}
        assert self.cluster._active == {}


TestOneTruth = Phones.TestCase
TestOneTruth.settings = settings(max_examples=100, stateful_step_count=50)
