"""People at their phones do anything: the cluster stays consistent, and monitors are told how it is.

Two of the lines are on one device, and one line is on two devices.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from csta_xml import (
    CallId,
    ConnectionClearedEvent,
    DeliveredEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    LocalConnectionState,
    OriginatedEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
)
from ctimgr_client.simulator import call_control, nodes
from ctimgr_client.simulator.refused import Refused
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

PHONES = ("tel:1001", "tel:1002", "tel:1300", "tel:1301", HARD, SOFT)
NUMBERS = (*PHONES[:-1], "tel:1901", "tel:1902", "tel:1903", "tel:1904")
CHOICES = (
    (call_control.answer, call_control.TO_ANSWER),
    (call_control.hangup, call_control.TO_HANG_UP),
    (call_control.hold, call_control.TO_HOLD),
    (call_control.resume, call_control.TO_RESUME),
)
ACTIVE = (LocalConnectionState.INITIATED, LocalConnectionState.CONNECTED)

# The legal successors of a leg's state as one monitor sees it, from no call at all (NULL) to none again.
NEXT = {
    LocalConnectionState.NULL: {"initiated", "alerting"},
    LocalConnectionState.INITIATED: {"connected"},
    LocalConnectionState.ALERTING: {"alerting", "connected", "queued", "null"},
    LocalConnectionState.QUEUED: {"queued", "null"},
    LocalConnectionState.CONNECTED: {"connected", "hold", "null"},
    LocalConnectionState.HOLD: {"hold", "connected", "null"},
}
CallEvent = (
    ServiceInitiatedEvent
    | OriginatedEvent
    | DeliveredEvent
    | EstablishedEvent
    | FailedEvent
    | HeldEvent
    | RetrievedEvent
    | ConnectionClearedEvent
)


def call_of(event: Any) -> CallId:
    """The first field that is a connection names the call, in every call event."""
    fields = (getattr(event, name) for name in type(event).__dataclass_fields__)
    call_id: CallId = next(value.call_id for value in fields if hasattr(value, "call_id"))
    return call_id


class Phones(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.site = Site()
        self.scene = self.site.scene
        self.talkers = {
            number: Talker(self.site, self.site.cti(f"ctim{i}")) for i, number in enumerate(PHONES)
        }
        for number, talker in self.talkers.items():
            talker.monitor(number)
        self.seen: dict[tuple[str, CallId], LocalConnectionState] = {}

    @rule(caller=st.sampled_from(PHONES), number=st.sampled_from(NUMBERS))
    def dial(self, caller: str, number: str) -> None:
        try:
            self.scene.dial(caller, number)
        except Refused:
            return

    @rule(phone=st.sampled_from(PHONES), choice=st.sampled_from(CHOICES))
    def press(self, phone: str, choice: tuple[Any, call_control.Choice]) -> None:
        operation, which = choice
        try:
            leg = call_control.choose(self.scene.cluster, (self.scene.at(phone),), which)
            operation(self.scene.cluster, leg)
        except Refused:
            return

    @rule(phone=st.sampled_from(PHONES), to=st.sampled_from((None, *PHONES)))
    def forward(self, phone: str, to: str | None) -> None:
        try:
            self.scene.forward(phone, to)
        except Refused:
            return

    @rule(phone=st.sampled_from(PHONES))
    def replug(self, phone: str) -> None:
        nodes.unregister(self.scene.cluster, self.scene.device(phone))
        nodes.register(self.scene.cluster, self.scene.device(phone))

    @rule(name=st.sampled_from(("cucm1", "cucm2")))
    def lose_node(self, name: str) -> None:
        nodes.fail(self.scene.cluster, self.scene.node(name), self.scene.now)
        nodes.restore(self.scene.cluster, self.scene.node(name), self.scene.now)

    @rule(seconds=st.sampled_from((0.3, 1.0)))
    def wait(self, seconds: float) -> None:
        self.scene.wait(seconds)

    @invariant()
    def one_active_leg_per_device(self) -> None:
        for device in self.scene.cluster.fleet.devices.values():
            legs = [leg for a in device.appearances for leg in self.scene.cluster.legs_at(a)]
            active = [leg for leg in legs if leg.state in ACTIVE]
            assert len(active) <= 1
            assert self.scene.cluster.active(device) is (active[0] if active else None)

    @invariant()
    def calls_hold_together(self) -> None:
        for call in self.scene.cluster.calls.values():
            assert len(call.connections) == (1 if call.failed else 2)
            for connection in call.connections:
                assert connection.call is call
                assert connection.legs

    @invariant()
    def what_monitors_were_told_is_how_it_is(self) -> None:
        self.site.settle()
        for phone, talker in self.talkers.items():
            for event in talker.events():
                self._told(phone, event)
            told = {call_id: state for (dn, call_id), state in self.seen.items() if dn == phone}
            legs = self.scene.cluster.legs_at(self.scene.at(phone))
            assert told == {leg.call.id: leg.state for leg in legs}

    def _told(self, phone: str, event: Event) -> None:
        if not isinstance(event, CallEvent):
            return
        key = phone, call_of(event)
        before, after = self.seen.get(key, LocalConnectionState.NULL), event.local_connection_info
        assert after is not None
        if before is after is LocalConnectionState.NULL:
            assert isinstance(event, ConnectionClearedEvent)
            return
        assert after in NEXT[before], (before, event)
        if after is LocalConnectionState.NULL:
            del self.seen[key]
        else:
            self.seen[key] = after

    def teardown(self) -> None:
        self.scene.wait(5.0)
        for phone in PHONES:
            for leg in self.scene.cluster.legs_at(self.scene.at(phone)):
                if leg.state is not LocalConnectionState.QUEUED:
                    call_control.hangup(self.scene.cluster, leg)
        assert self.scene.cluster.calls == {}
        self.what_monitors_were_told_is_how_it_is()
        assert self.seen == {}


TestOneTruth = Phones.TestCase
TestOneTruth.settings = settings(max_examples=60, stateful_step_count=30)
