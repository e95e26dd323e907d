"""How a call begins: off hook, all digits, on its way (ECMA-269 MakeCall).

With `prompt` the phone asks its user first: it is in the state `initiated` until the handset is lifted,
and gives up after a while. The device is not taken meanwhile: what its user does goes on. Dialling a park
number takes the call that is parked there, under the call's own identifier.
"""

from functools import partial
from typing import NamedTuple

from csta_xml import Cause
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import InvalidDestination
from ctimgr_client.simulator import bridging
from ctimgr_client.simulator.call_control import (
    CONNECTED,
    INITIATED,
    answer,
    controlled,
    free,
    require_service,
)
from ctimgr_client.simulator.calls import Connection, Leg
from ctimgr_client.simulator.clearing import drop
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.parking import parked_at
from ctimgr_client.simulator.phones import Appearance, Destination
from ctimgr_client.simulator.routing import route

PROMPT_TIME = 20.0


class Occasion(NamedTuple):
    """Why a call is made, in the causes of what happens at the calling phone."""

    held: Cause
    initiated: Cause
    originated: Cause


MADE = Occasion(Cause.NORMAL, Cause.MAKE_CALL, Cause.NEW_CALL)
CONSULTED = Occasion(Cause.CONSULTATION, Cause.CONSULTATION, Cause.CONSULTATION)


def dial(cluster: Cluster, appearance: Appearance, number: str, now: float, occasion: Occasion = MADE) -> Leg:
    """Make a call. The calling party's leg comes back."""
    destination = _checked(cluster, appearance, number)
    parked = parked_at(cluster, destination)
    if parked is not None and not parked.call.has(appearance.line):
        return _take_parked(cluster, appearance, parked, occasion)
    call = cluster.open_call(appearance, destination)
    free(cluster, appearance.device, occasion.held)
    leg = bridging.come(cluster, call, appearance, INITIATED)
    cluster.record(Kind.SERVICE_INITIATED, call, appearance, occasion.initiated)
    _originate(cluster, leg, appearance, occasion)
    route(cluster, call, destination, now)
    return leg


def prompt(cluster: Cluster, appearance: Appearance, number: str, now: float) -> Leg:
    """Have the phone ask its user for the call."""
    destination = _checked(cluster, appearance, number)
    if parked_at(cluster, destination) is not None:
        raise InvalidDestination("a parked call has its identifier already: dial its number")
    call = cluster.open_call(appearance, destination)
    leg = bridging.come(cluster, call, appearance, INITIATED)
    cluster.record(Kind.SERVICE_INITIATED, call, appearance, Cause.MAKE_CALL)
    cluster.expect(leg, now + PROMPT_TIME, partial(_give_up, cluster, leg))
    return leg


def lift(cluster: Cluster, leg: Leg, now: float) -> None:
    """Go off hook for a call: one that rings is answered, one the phone was asked to make is made."""
    if leg.state is not INITIATED:
        answer(cluster, leg)
        return
    appearance = controlled(leg)
    free(cluster, appearance.device)
    cluster.expect_nothing(leg)
    _originate(cluster, leg, appearance, MADE)
    route(cluster, leg.call, leg.call.called, now)


def _checked(cluster: Cluster, appearance: Appearance, number: str) -> Destination:
    require_service(appearance)
    destination = cluster.destination(number)
    if destination is appearance.line:
        raise InvalidDestination(f"{number!r} is the calling line itself")
    return destination


def _originate(cluster: Cluster, leg: Leg, appearance: Appearance, occasion: Occasion) -> None:
    """All digits are in. Only the calling line sees it: nobody else is on the call, or has to know."""
    cluster.change(leg, CONNECTED)
    bridging.bridge_others(cluster, leg, appearance)
    seen_by = cluster.views(leg.call, cluster.witnesses(leg.connection))
    cluster.record(Kind.ORIGINATED, leg.call, appearance, occasion.originated, seen_by=seen_by)
    bridging.tell_bridged(cluster, leg.connection)


def _take_parked(cluster: Cluster, appearance: Appearance, parked: Connection, occasion: Occasion) -> Leg:
    cluster.require_room(appearance)
    free(cluster, appearance.device, occasion.held)
    call = parked.call
    call.calling, call.called = appearance, parked.party
    leg = bridging.come(cluster, call, appearance, INITIATED)
    seen_by = cluster.views(call, (appearance,))
    cluster.record(Kind.SERVICE_INITIATED, call, appearance, occasion.initiated, seen_by=seen_by)
    _originate(cluster, leg, appearance, occasion)
    cluster.leave(parked)
    cluster.record(Kind.ESTABLISHED, call, appearance, Cause.PARK)
    return leg


def _give_up(cluster: Cluster, leg: Leg, _now: float) -> None:
    drop(cluster, leg.connection, Cause.CALL_NOT_ANSWERED)
