"""Bringing others together and leaving: transfer after consultation, and in a single step (ECMA-269)."""

from csta_xml import Cause
from ctimgr_client.serving.facts import Kind, MergeFact
from ctimgr_client.serving.refused import InvalidConnectionState
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.clearing import end_if_dead
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.diversion import elsewhere
from ctimgr_client.simulator.merging import before, bring_over, consulted, require_mergeable, tell
from ctimgr_client.simulator.routing import bring, find_open_way
from ctimgr_client.simulator.two_calls import require_pair, require_talking


def transfer(cluster: Cluster, held: Leg, active: Leg) -> MergeFact:
    """The others of both calls have each other; who rings goes on ringing."""
    appearance = require_pair(held, active)
    require_mergeable(held, active, more=0)
    primary, secondary = held.call, active.call
    others = (*primary.others(held.connection), *secondary.others(active.connection))
    if secondary.failed or not any(connection.answered for connection in others):
        raise InvalidConnectionState("there is nobody to transfer, or to transfer to")
    added = consulted(active)
    was = before(cluster, primary, secondary)
    cluster.leave(held.connection)
    cluster.leave(active.connection)
    bring_over(cluster, secondary, primary)
    primary.calling, primary.called = primary.connections[0].subject, added.party
    primary.redirection = secondary.redirection
    fact = tell(cluster, was, Kind.TRANSFERRED, appearance, added.subject)
    end_if_dead(cluster, primary, Cause.TRANSFER)
    return fact


def single_step_transfer(cluster: Cluster, leg: Leg, number: str, now: float) -> MergeFact:
    """Leave, and have the call ring somewhere else."""
    appearance, call, destination = elsewhere(cluster, leg, number)
    require_talking(leg)
    way = find_open_way(cluster, call, destination)
    was = before(cluster, call)
    cluster.leave(leg.connection)
    call.calling, call.called, call.redirection = call.connections[0].subject, destination, None
    fact = tell(cluster, was, Kind.TRANSFERRED, appearance, way.destination)
    bring(cluster, call, way, Cause.SINGLE_STEP_TRANSFER, now)
    end_if_dead(cluster, call, Cause.SINGLE_STEP_TRANSFER)
    return fact
