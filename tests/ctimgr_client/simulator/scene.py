"""A simulated cluster to act in, in few words: numbers for appearances, lines of text for what happened.

A fact reads `kind subject cause | viewer=state ...`, e.g. `held 1001 normal | 1001=hold 1002=connected`.
An appearance is its number; those that share one carry the end of their device's name, e.g. 1100@110C.
"""

from csta_xml import ConnectionId, DeviceId
from ctimgr_client.simulator import call_control
from ctimgr_client.simulator.calls import Leg, Subject
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.facts import CallFact, Fact, ForwardingFact
from ctimgr_client.simulator.phones import Appearance, Device, Node

SOFT = "tel:1100;device=SEP00000000110C"
HARD = "tel:1100;device=SEP000000001100"
LAB = "tel:1200;partition=lab"


class Scene:
    """Operations by number; time stands still until `wait`."""

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster or Cluster()
        self.now = 100.0

    def at(self, number: str) -> Appearance:
        return self.cluster.appearance(number)

    def device(self, number: str) -> Device:
        return self.at(number).device

    def node(self, name: str) -> Node:
        return self.cluster.fleet.nodes[name]

    def dial(self, caller: str, number: str) -> Leg:
        return call_control.dial(self.cluster, self.at(caller), number, self.now)

    def leg(self, number: str, call: Leg) -> Leg:
        return self.cluster.leg(ConnectionId(call.call.id, DeviceId(number)))

    def answer(self, number: str, call: Leg) -> None:
        call_control.answer(self.cluster, self.leg(number, call))

    def hangup(self, number: str, call: Leg) -> None:
        call_control.hangup(self.cluster, self.leg(number, call))

    def hold(self, number: str, call: Leg) -> None:
        call_control.hold(self.cluster, self.leg(number, call))

    def resume(self, number: str, call: Leg) -> None:
        call_control.resume(self.cluster, self.leg(number, call))

    def talk(self, caller: str, called: str) -> Leg:
        """An established call; what led to it is forgotten."""
        call = self.dial(caller, called)
        self.answer(called, call)
        self.happened()
        return call

    def forward(self, number: str, target: str | None) -> None:
        destination = None if target is None else self.cluster.destination(target)
        call_control.forward(self.cluster, self.at(number).line, destination)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.cluster.tick(self.now)

    def happened(self) -> list[str]:
        return [in_words(fact) for fact in self.cluster.take_facts()]

    def states(self, *numbers: str) -> list[list[str]]:
        """The states of all legs of each appearance."""
        return [[str(leg.state) for leg in self.cluster.legs_at(self.at(number))] for number in numbers]


def in_words(fact: Fact) -> str:
    if isinstance(fact, CallFact):
        views = " ".join(f"{label(appearance)}={state}" for appearance, state in fact.seen_by)
        target = f" -> {label(fact.new_destination)}" if fact.new_destination is not None else ""
        return f"{fact.kind} {label(fact.subject)}{target} {fact.cause} | {views}"
    if isinstance(fact, ForwardingFact):
        return f"forwarding {label(fact.appearance)} {label(fact.target) if fact.target else 'off'}"
    return f"{'backInService' if fact.in_service else 'outOfService'} {label(fact.appearance)}"


def label(subject: Subject) -> str:
    if isinstance(subject, Appearance) and subject.device.name != f"SEP{subject.line.dn:0>12}":
        return f"{subject.line.dn}@{subject.device.name[-4:]}"
    return subject.line.dn if isinstance(subject, Appearance) else subject.dn
