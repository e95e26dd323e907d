"""More than two on a call: conference after consultation, and in a single step (ECMA-269).

A party that leaves leaves alone as long as two others have each other; then it is a call like any other.
"""

from csta_xml import Cause
from ctimgr_client.serving.facts import Kind, MergeFact
from ctimgr_client.simulator.call_control import CONNECTED
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.diversion import elsewhere
from ctimgr_client.simulator.merging import (
    before,
    bring_over,
    consulted,
    require_mergeable,
    require_places,
    tell,
)
from ctimgr_client.simulator.routing import bring, find_open_way
from ctimgr_client.simulator.two_calls import require_pair, require_talking


def conference(cluster: Cluster, held: Leg, active: Leg) -> MergeFact:
    """Everybody on both calls has everybody; the controller stays, on the held call."""
    appearance = require_pair(held, active)
    require_talking(active)
    require_mergeable(held, active, more=1)
    primary, secondary, added = held.call, active.call, consulted(active)
    was = before(cluster, primary, secondary)
    cluster.leave(active.connection)
    bring_over(cluster, secondary, primary)
    cluster.change(held, CONNECTED)
    return tell(cluster, was, Kind.CONFERENCED, appearance, added.subject)


def single_step_conference(cluster: Cluster, leg: Leg, number: str, now: float) -> MergeFact:
    """Have the call ring somewhere else too; who answers comes in."""
    appearance, call, destination = elsewhere(cluster, leg, number)
    require_talking(leg)
    way = find_open_way(cluster, call, destination)
    require_places(len(call.connections) + 1)
    call.calling, call.called, call.redirection = appearance, destination, None
    fact = tell(cluster, before(cluster, call), Kind.CONFERENCED, appearance, way.destination)
    bring(cluster, call, way, Cause.CONFERENCE, now)
    return fact
