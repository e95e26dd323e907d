"""A line on several devices: one of them has the call, the others are bridged onto it (ECMA-269 Bridged).

A bridged appearance is `queued`: it sees the call and cannot do anything with it, except take it over
while it is on hold. Only the appearance itself sees that it is bridged.
"""

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.serving.facts import Kind
from ctimgr_client.simulator.calls import Call, Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance

QUEUED = LocalConnectionState.QUEUED


def come(cluster: Cluster, call: Call, appearance: Appearance, state: LocalConnectionState) -> Leg:
    """A line comes onto a call at one of its appearances."""
    (leg,) = cluster.join(call, appearance.line, (appearance,), state).legs
    return leg


def bridge_others(cluster: Cluster, leg: Leg, appearance: Appearance) -> None:
    """The line came onto the call here: its other appearances show the call from now on."""
    for other in appearance.line.appearances:
        if other is not appearance and other.device.in_service and not cluster.is_full(other):
            cluster.add(leg.connection, other, QUEUED)


def speak(cluster: Cluster, leg: Leg) -> None:
    """Here the call is taken: where else the line rings or has it, the appearance is bridged."""
    for other in leg.connection.legs:
        cluster.change(other, LocalConnectionState.CONNECTED if other is leg else QUEUED)


def tell_bridged(cluster: Cluster, connection: Connection, *but: Leg) -> None:
    """Those that are bridged are told so."""
    for leg in connection.legs:
        if leg.state is QUEUED and leg not in but and isinstance(leg.endpoint, Appearance):
            seen_by = ((leg.endpoint, QUEUED),)
            cluster.record(Kind.BRIDGED, leg.call, leg.endpoint, Cause.NORMAL, seen_by=seen_by)
