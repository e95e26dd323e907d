"""A simulated cluster to act in, in few words: numbers for appearances, lines of text for what happened.

A fact reads `kind subject cause | viewer=state ...`, e.g. `held 1001 normal | 1001=hold 1002=connected`.
An appearance is its number; those that share one carry the end of their device's name, e.g. 1100@110C.
"""

from csta_xml import ConnectionId, DeviceId
from ctimgr_client.serving.facts import (
    CallFact,
    DoNotDisturbFact,
    Fact,
    ForwardingFact,
    Kind,
    Member,
    MergeFact,
    MessageWaitingFact,
    RemovedFact,
    ServiceFact,
    StatusFact,
)
from ctimgr_client.simulator import (
    call_control,
    conference,
    dialling,
    diversion,
    mobility,
    parking,
    phone_features,
    pickup,
    transfer,
    two_calls,
)
from ctimgr_client.simulator.calls import Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Device, Line, Node, Outside

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
        return dialling.dial(self.cluster, self.at(caller), number, self.now)

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

    def prompt(self, caller: str, number: str) -> Leg:
        return dialling.prompt(self.cluster, self.at(caller), number, self.now)

    def lift(self, number: str, call: Leg) -> None:
        dialling.lift(self.cluster, self.leg(number, call), self.now)

    def clear(self, number: str, call: Leg) -> None:
        call_control.clear(self.cluster, self.leg(number, call))

    def consult(self, number: str, call: Leg, to: str) -> Leg:
        return two_calls.consult(self.cluster, self.leg(number, call), to, self.now)

    def alternate(self, number: str, held: Leg, active: Leg) -> None:
        two_calls.alternate(self.cluster, self.leg(number, held), self.leg(number, active))

    def reconnect(self, number: str, active: Leg, held: Leg) -> None:
        two_calls.reconnect(self.cluster, self.leg(number, active), self.leg(number, held))

    def transfer(self, number: str, held: Leg, active: Leg) -> MergeFact:
        return transfer.transfer(self.cluster, self.leg(number, held), self.leg(number, active))

    def conference(self, number: str, held: Leg, active: Leg) -> MergeFact:
        return conference.conference(self.cluster, self.leg(number, held), self.leg(number, active))

    def send_to(self, number: str, call: Leg, to: str) -> MergeFact:
        """A transfer in a single step."""
        return transfer.single_step_transfer(self.cluster, self.leg(number, call), to, self.now)

    def invite(self, number: str, call: Leg, to: str) -> MergeFact:
        """A conference in a single step."""
        return conference.single_step_conference(self.cluster, self.leg(number, call), to, self.now)

    def deflect(self, number: str, call: Leg, to: str) -> None:
        diversion.deflect(self.cluster, self.leg(number, call), to, self.now)

    def park(self, number: str, call: Leg, to: str) -> None:
        parking.park(self.cluster, self.leg(number, call), to)

    def parked(self, number: str) -> Connection | None:
        return parking.parked_at(self.cluster, self.cluster.destination(number))

    def pick_up(self, number: str, call: Leg, ringing: str) -> Leg:
        return pickup.pick_up(self.cluster, self.leg(ringing, call).connection, self.at(number))

    def quiet(self, number: str, *, on: bool = True) -> None:
        """Do not disturb."""
        phone_features.do_not_disturb(self.cluster, self.device(number), on=on)

    def dtmf(self, number: str, call: Leg, digits: str) -> None:
        call_control.send_digits(self.cluster, self.leg(number, call), digits)

    def talk(self, caller: str, called: str) -> Leg:
        """An established call; what led to it is forgotten."""
        call = self.dial(caller, called)
        if not call.call.established:
            self.answer(called, call)
        self.happened()
        return call

    def forward(self, number: str, target: str | None) -> None:
        destination = None if target is None else self.cluster.destination(target)
        phone_features.forward(self.cluster, self.at(number).line, destination)

    def log_in(self, number: str, device: str) -> Appearance:
        """The line goes to that device."""
        return mobility.move_line(self.cluster, self.at(number), self.cluster.fleet.devices[device])

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.cluster.tick(self.now)

    def happened(self) -> list[str]:
        """What monitors of devices see."""
        return [in_words(fact) for fact in self.cluster.take_facts() if is_for_device_monitors(fact)]

    def everything(self) -> list[str]:
        """That, and what call monitors and applications are told."""
        return [in_words(fact) for fact in self.cluster.take_facts()]

    def states(self, *numbers: str) -> list[list[str]]:
        """The states of all legs of each appearance."""
        return [[str(leg.state) for leg in self.cluster.legs_at(self.at(number))] for number in numbers]


def is_for_device_monitors(fact: Fact) -> bool:
    return (
        not isinstance(fact, StatusFact | RemovedFact)
        and getattr(fact, "kind", None) is not Kind.CALL_CLEARED
    )


def in_words(fact: Fact) -> str:
    match fact:
        case CallFact(kind=Kind.CALL_CLEARED):
            views = " ".join(label(appearance) for appearance, _ in fact.seen_by)
            return f"{fact.kind} {fact.call_id} {fact.cause} | {views}"
        case CallFact():
            target = f" -> {label(fact.new_destination)}" if fact.new_destination is not None else ""
            return f"{fact.kind} {label(fact.subject)}{target} {fact.cause} | {_views(fact)}"
        case MergeFact():
            parties = " ".join(map(_party, fact.parties))
            calls = f"{fact.call_id}+{fact.secondary}" if fact.secondary is not None else fact.call_id
            by, added = label(fact.controller), label(fact.added)
            return f"{fact.kind} {calls} {by}, {added} {fact.cause} ({parties}) | {_views(fact)}"
        case ForwardingFact():
            return f"forwarding {label(fact.appearance)} {label(fact.target) if fact.target else 'off'}"
        case DoNotDisturbFact():
            return f"doNotDisturb {label(fact.appearance)} {'on' if fact.on else 'off'}"
        case MessageWaitingFact():
            return f"messageWaiting {label(fact.appearance)} {'on' if fact.on else 'off'}"
        case ServiceFact():
            return f"{'backInService' if fact.in_service else 'outOfService'} {label(fact.appearance)}"
        case RemovedFact():
            return f"removed {label(fact.appearance)}"
        case StatusFact():
            return f"cluster {'complete' if fact.complete else 'incomplete'}"


def _views(fact: CallFact | MergeFact) -> str:
    return " ".join(f"{label(appearance)}={state}" for appearance, state in fact.seen_by)


def _party(party: Member) -> str:
    return f"{label(party.subject)}<{party.old_call or ''}"


def label(subject: object) -> str:
    assert isinstance(subject, Appearance | Line | Outside)
    if isinstance(subject, Appearance) and subject.device.name != f"SEP{subject.line.dn:0>12}":
        return f"{subject.line.dn}@{subject.device.name[-4:]}"
    return subject.line.dn if isinstance(subject, Appearance) else subject.dn
