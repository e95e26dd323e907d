"""How a party, or one device of a shared line, goes off a call (ECMA-269 ConnectionCleared).

Everybody who was on the call when the release began sees each connection go, the releasing party's first.
In a call of two the other party goes with it: there is nobody left to talk to.
"""

from csta_xml import CallId, Cause, LocalConnectionState
from ctimgr_client.simulator.calls import Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.facts import Kind, SeenBy
from ctimgr_client.simulator.phones import Appearance

Witnesses = tuple[Appearance, ...]


def drop(cluster: Cluster, connection: Connection, cause: Cause = Cause.NORMAL_CLEARING) -> None:
    """A party leaves the call for good; with it the last remaining one."""
    call = connection.call
    witnesses = tuple(leg.endpoint for leg in call.legs() if isinstance(leg.endpoint, Appearance))
    _clear(cluster, connection, witnesses, cause)
    if len(call.connections) == 1:
        last = call.connections[0]
        rings = last.state is LocalConnectionState.ALERTING
        _clear(cluster, last, witnesses, Cause.CALL_CANCELLED if rings else cause)


def withdraw(cluster: Cluster, appearance: Appearance, leg: Leg, cause: Cause) -> None:
    """One device goes off the call. Its line stays on the call where another device rings or has it."""
    connection = leg.connection
    if connection.speaker is leg and not _rings_elsewhere(leg):
        drop(cluster, connection, cause)
        return
    cluster.remove(leg)
    seen_by = ((appearance, LocalConnectionState.NULL),)
    cluster.record(Kind.CONNECTION_CLEARED, leg.call, appearance, cause, seen_by=seen_by)


def _rings_elsewhere(leg: Leg) -> bool:
    return any(
        other.state is LocalConnectionState.ALERTING for other in leg.connection.legs if other is not leg
    )


def _clear(cluster: Cluster, connection: Connection, witnesses: Witnesses, cause: Cause) -> None:
    call, subject = connection.call, connection.subject
    cluster.leave(connection)
    cluster.record(
        Kind.CONNECTION_CLEARED, call, subject, cause, seen_by=_states(cluster, call.id, witnesses)
    )


def _states(cluster: Cluster, call_id: CallId, witnesses: Witnesses) -> SeenBy:
    legs = ((appearance, cluster.leg_at(appearance, call_id)) for appearance in witnesses)
    return tuple(
        (appearance, LocalConnectionState.NULL if leg is None else leg.state) for appearance, leg in legs
    )
