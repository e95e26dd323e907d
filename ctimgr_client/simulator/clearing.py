"""How a party, or one device of a shared line, goes off a call (ECMA-269 ConnectionCleared, CallCleared).

Everybody who was on the call when the release began sees each connection go, the releasing party's first.
A call goes on as long as it is alive (`Call.alive`): in a call of two the other party goes too, there is
nobody left to talk to, and numbers outside do not go on among themselves.
"""

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.serving.facts import CallFact, Kind
from ctimgr_client.simulator.calls import Call, Connection, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance

Witnesses = tuple[Appearance, ...]


def drop(cluster: Cluster, connection: Connection, cause: Cause = Cause.NORMAL_CLEARING) -> None:
    """A party leaves the call for good; with it everybody where the call cannot go on."""
    call = connection.call
    witnesses = cluster.witnesses(call)
    _clear(cluster, connection, witnesses, cause)
    if not call.alive:
        _clear_all(cluster, call, witnesses, cause)


def end(cluster: Cluster, first: Connection, cause: Cause = Cause.NORMAL_CLEARING) -> None:
    """The call is over for everybody."""
    call = first.call
    witnesses = cluster.witnesses(call)
    _clear(cluster, first, witnesses, cause)
    _clear_all(cluster, call, witnesses, cause)


def end_if_dead(cluster: Cluster, call: Call, cause: Cause) -> None:
    """After a party left in another way: nobody is left who could end the call."""
    if not call.alive:
        _clear_all(cluster, call, cluster.witnesses(call), cause)


def withdraw(cluster: Cluster, appearance: Appearance, leg: Leg, cause: Cause) -> None:
    """One device goes off the call. Its line stays on the call where another device rings or has it."""
    connection = leg.connection
    if connection.speaker is leg and not _rings_elsewhere(leg):
        drop(cluster, connection, cause)
        return
    call = leg.call
    cluster.remove(leg)
    seen_by = ((appearance, LocalConnectionState.NULL),)
    cluster.record(Kind.CONNECTION_CLEARED, call, appearance, cause, seen_by=seen_by)


def gone(cluster: Cluster, call: Call, cause: Cause) -> None:
    """What remains to be said of a call that is no more, to everybody who was ever on it."""
    seen_by = tuple((appearance, LocalConnectionState.NULL) for appearance in call.known_to)
    cluster.note(
        CallFact(Kind.CALL_CLEARED, call.id, call.called, call.calling, call.called, None, cause, seen_by)
    )


def _rings_elsewhere(leg: Leg) -> bool:
    return any(
        other.state is LocalConnectionState.ALERTING for other in leg.connection.legs if other is not leg
    )


def _clear_all(cluster: Cluster, call: Call, witnesses: Witnesses, cause: Cause) -> None:
    for connection in tuple(call.connections):
        rings = connection.state is LocalConnectionState.ALERTING
        _clear(cluster, connection, witnesses, Cause.CALL_CANCELLED if rings else cause)


def _clear(cluster: Cluster, connection: Connection, witnesses: Witnesses, cause: Cause) -> None:
    call, subject = connection.call, connection.subject
    cluster.leave(connection)
    seen_by = cluster.views(call, witnesses)
    cluster.record(Kind.CONNECTION_CLEARED, call, subject, cause, seen_by=seen_by)
    if not call.connections:
        gone(cluster, call, cause)
