"""Calls left at a park number for anybody to take (ECMA-269 ParkCall).

A park number keeps one call: it is a party of it, in the state `queued`, until somebody dials it or picks
the call up, or the parked party hangs up.
"""

from typing import TypeGuard

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import InvalidConnectionState, InvalidDestination, ResourceBusy
from ctimgr_client.simulator.call_control import CONNECTED, HOLD, controlled
from ctimgr_client.simulator.calls import Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Conduct, Destination, Outside


def is_park(number: Destination) -> TypeGuard[Outside]:
    return isinstance(number, Outside) and number.conduct is Conduct.PARKS


def parked_at(cluster: Cluster, number: Destination) -> Connection | None:
    """The connection of a park number to the call that is parked there."""
    if not is_park(number):
        return None
    legs = cluster.legs_at(number)
    return legs[0].connection if legs else None


def park(cluster: Cluster, leg: Leg, number: str) -> Connection:
    """Leave the other party of a call at a park number."""
    appearance, call = controlled(leg), leg.call
    target = cluster.destination(number)
    if not is_park(target):
        raise InvalidDestination(f"{number!r} is not a park number")
    if leg.state not in (CONNECTED, HOLD) or not call.established or len(call.connections) != 2:
        raise InvalidConnectionState("only a call of two that talk can be parked")
    if parked_at(cluster, target) is not None:
        raise ResourceBusy(f"a call is parked at {number!r} already")
    witnesses = cluster.witnesses(call)
    call.redirection = appearance.line
    cluster.leave(leg.connection)
    parked = cluster.join(call, target, (target,), LocalConnectionState.QUEUED)
    seen_by = cluster.views(call, witnesses)
    cluster.record(Kind.DIVERTED, call, appearance, Cause.PARK, seen_by=seen_by, new_destination=target)
    return parked
