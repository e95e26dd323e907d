"""Taking a call that rings at another line, or is parked (ECMA-269 DirectedPickupCall, GroupPickupCall)."""

from csta_xml import Cause
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import (
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidDeviceId,
    NoCallToAnswer,
)
from ctimgr_client.simulator import bridging
from ctimgr_client.simulator.call_control import ALERTING, CONNECTED, free, require_service
from ctimgr_client.simulator.calls import Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Line


def pick_up(cluster: Cluster, ringing: Connection, appearance: Appearance) -> Leg:
    """The call is the picker's at once; where it rang, or was parked, it is no more."""
    require_service(appearance)
    call = ringing.call
    if ringing.party is appearance.line:
        raise InvalidConnectionId("the call rings at the own line: answer it")
    if not (ringing.state is ALERTING or ringing.is_park) or call.has(appearance.line):
        raise InvalidConnectionState("the call cannot be picked up here")
    cluster.require_room(appearance)
    free(cluster, appearance.device)
    if ringing.is_park:
        cluster.leave(ringing)
        call.calling, call.called = call.connections[0].subject, ringing.party
    else:
        _stop_ringing(cluster, ringing)
    leg = bridging.come(cluster, call, appearance, CONNECTED)
    bridging.bridge_others(cluster, leg, appearance)
    cluster.record(Kind.ESTABLISHED, call, appearance, Cause.CALL_PICKUP)
    bridging.tell_bridged(cluster, leg.connection)
    return leg


def ringing_in_group(cluster: Cluster, appearance: Appearance, group: str | None) -> Connection:
    """The oldest call that rings at another line of the pickup group: the line's own, unless one is named."""
    lines = _lines(cluster, appearance.line, group)
    ringing = [
        leg.connection
        for line in lines
        for each in line.appearances
        for leg in cluster.legs_at(each)
        if leg.state is ALERTING and not leg.call.has(appearance.line)
    ]
    if not ringing:
        raise NoCallToAnswer("nothing rings in the group")
    return min(ringing, key=lambda connection: connection.call.number)


def _lines(cluster: Cluster, own: Line, group: str | None) -> tuple[Line, ...]:
    if group is None:
        group = own.pickup_group
        if group is None:
            raise NoCallToAnswer(f"{own.dn} is in no pickup group")
    lines = cluster.fleet.pickup_group(group)
    if lines is None:
        raise InvalidDeviceId(f"no pickup group {group!r}")
    return lines


def _stop_ringing(cluster: Cluster, ringing: Connection) -> None:
    call, line = ringing.call, ringing.party
    witnesses = cluster.witnesses(call)
    call.redirection = line
    cluster.leave(ringing)
    seen_by = cluster.views(call, witnesses)
    cluster.record(Kind.CONNECTION_CLEARED, call, line, Cause.CALL_PICKUP, seen_by=seen_by)
