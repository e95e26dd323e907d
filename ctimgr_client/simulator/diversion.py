"""A ringing call goes elsewhere without being answered (ECMA-269 DeflectCall)."""

from csta_xml import Cause
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import InvalidDestination
from ctimgr_client.simulator.call_control import ALERTING, controlled, require_state
from ctimgr_client.simulator.calls import Call, Leg
from ctimgr_client.simulator.clearing import end_if_dead
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Destination
from ctimgr_client.simulator.routing import bring, find_open_way


def deflect(cluster: Cluster, leg: Leg, number: str, now: float) -> None:
    """The line (all of it) stops ringing, and the call rings somewhere else."""
    appearance, call, destination = elsewhere(cluster, leg, number)
    require_state(leg, ALERTING)
    way = find_open_way(cluster, call, destination)
    witnesses = cluster.witnesses(call)
    call.redirection = appearance.line
    cluster.leave(leg.connection)
    cluster.record(
        Kind.DIVERTED,
        call,
        appearance.line,
        Cause.REDIRECTED,
        seen_by=cluster.views(call, witnesses),
        new_destination=destination,
    )
    bring(cluster, call, way, Cause.REDIRECTED, now)
    end_if_dead(cluster, call, Cause.REDIRECTED)


def elsewhere(cluster: Cluster, leg: Leg, number: str) -> tuple[Appearance, Call, Destination]:
    """Who sends which call where: anywhere but to the own line."""
    appearance = controlled(leg)
    destination = cluster.destination(number)
    if destination is appearance.line:
        raise InvalidDestination(f"{number!r} is the line that has the call")
    return appearance, leg.call, destination
