"""Anything in any order, while a user chooses now this, now that phone of his shared line.

Whatever happens, his session is at one of his phones, its view is that phone's, his client was told a legal
sequence of events that leads there, and no call of his is disturbed by a choice. In the end he has the phone
that he chose last.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from csta_xml import DeviceId
from cstagw.directory import Directory, Row, Table, read_rows
from cstagw.lines import Lines
from cstagw.selection import Choice, Choices
from ctimgr_client.simulator import call_control, dialling
from ctimgr_client.simulator.calls import Leg
from tests.journeys.in_memory import House
from tests.journeys.test_any_order import LINES, PHONE, AnyOrder, numbers

USER = "a@example.com"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
SHARED = ("1100", HARD), ("1100", SOFT)
OWN = tuple((line, f"SEP{line:0>12}") for line in LINES)

devices = st.sampled_from([HARD, SOFT])


def directory() -> Directory:
    rows = [Row("test", f"sip:{USER}", dn=dn, device=device) for dn, device in (*SHARED, *OWN)]
    return Directory("csv", "csv:test", Table(read_rows(rows)))


class AnyChoice(AnyOrder):
    """Carol on the shared line twice, once per CTIManager; Alice and Bob."""

    USERS = ("1100", "1100", "1001", "1002")

    def make_house(self) -> House:
        self.choices = Choices()
        return House(lines=Lines(directory(), self.choices))

    @rule(device=st.sampled_from([HARD, SOFT, ""]))
    def choose(self, device: str) -> None:
        """An empty device takes the choice back."""
        before = self.places()
        busy = [bool(self.calls_at(place)) for place in before]
        changed = self.choices.apply([Choice(USER, "1100", device)])
        self.house.gateway.following.choices_changed(changed)
        assert [self.places()[index] for index, held in enumerate(busy) if held] == [
            before[index] for index, held in enumerate(busy) if held
        ]
        self.house.settle()

    @rule(device=devices, number=numbers)
    def dial_at(self, device: str, number: str) -> None:
        appearance = self.cluster.appearance(f"tel:1100;device={device}")
        self.by_hand(lambda: dialling.dial(self.cluster, appearance, number, self.house.now))

    @rule(device=devices, choice=st.sampled_from(sorted(PHONE, key=str)))
    def press_at(self, device: str, choice: call_control.Choice) -> None:
        appearance = self.cluster.appearance(f"tel:1100;device={device}")

        def press() -> None:
            PHONE[choice](self.cluster, call_control.choose(self.cluster, (appearance,), choice))

        self.by_hand(press)

    def legs(self, line: DeviceId) -> tuple[Leg, ...]:
        """Those at the phone that the session of the line is at."""
        client = next((client for client in self.clients if client.line == line), None)
        if client is None:
            return super().legs(line)
        return self.cluster.legs_at(self.cluster.appearance(self.house.session_of(client).appearance.wire))

    def all_see_the_same(self) -> None:
        """Both sessions of the shared line may be at different phones while one waits for its call."""
        for client, checker in zip(self.clients, self.checkers, strict=True):
            session = self.house.session_of(client)
            appearance = self.cluster.appearance(session.appearance.wire)
            truth = {leg.call.id: leg.state for leg in self.cluster.legs_at(appearance)}
            assert session.calls.states() == client.calls.states() == checker.calls == truth

    def teardown(self) -> None:
        if hasattr(self, "house"):
            for device in (HARD, SOFT):
                for leg in self.calls_at(f"tel:1100;device={device}"):
                    call_control.hangup(self.cluster, leg)
            self.house.settle()
            for line in LINES:
                self.plug_in(line)
                self.hang_up(line)
            self.house.settle()
            self.house.advance(40.0)
            assert len(self.house.gateway.following) == 0
            choice = self.choices.of(USER, "1100")
            if choice is not None:
                assert self.places()[:2] == [f"tel:1100;device={choice.device}"] * 2
        super().teardown()

    def places(self) -> list[str]:
        return [str(self.house.session_of(client).appearance.wire) for client in self.clients]

    def calls_at(self, place: str) -> list[Leg]:
        return [
            leg for leg in self.cluster.legs_at(self.cluster.appearance(place)) if str(leg.state) != "queued"
        ]


AnyChoice.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAnyChoice = AnyChoice.TestCase
