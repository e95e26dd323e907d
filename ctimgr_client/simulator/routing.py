"""Where a dialled call goes: forwarding, ringing lines, and numbers outside CTI control.

A call that cannot be brought to its destination has failed: the caller's leg stays connected, hearing
busy or reorder tone, until it is cleared. That is how 1903 (cause busy) and 1905 (rejects: cause
callCancelled) end. There is no connection at the far end then, so nothing else is cleared with it.
"""

from functools import partial

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.simulator.calls import Call, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.facts import Kind
from ctimgr_client.simulator.phones import Conduct, Destination, Line, Outside

MAX_DIVERSIONS = 10
ANSWER_DELAY = 1.0


def route(cluster: Cluster, call: Call, destination: Destination, now: float) -> None:
    """Bring a call to its destination: Delivered, or Failed."""
    cause = Cause.NEW_CALL
    diversions = 0
    while isinstance(destination, Line) and destination.forward is not None:
        if diversions == MAX_DIVERSIONS:
            fail(cluster, call, destination, Cause.DEST_NOT_OBTAINABLE)
            return
        destination = _divert(cluster, call, destination, destination.forward)
        cause = Cause.CALL_FORWARD_IMMEDIATE
        diversions += 1
    if isinstance(destination, Line):
        _ring(cluster, call, destination, cause)
    else:
        _leave_cluster(cluster, call, destination, cause, now)


def fail(cluster: Cluster, call: Call, destination: Destination, cause: Cause) -> None:
    call.failed = True
    cluster.record(Kind.FAILED, call, destination, cause)


def _divert(cluster: Cluster, call: Call, line: Line, target: Destination) -> Destination:
    """Only the forwarding line sees Diverted: for the caller the call is still on its way."""
    call.redirection = line
    cluster.record(
        Kind.DIVERTED,
        call,
        line,
        Cause.CALL_FORWARD_IMMEDIATE,
        seen_by=tuple((appearance, LocalConnectionState.NULL) for appearance in line.appearances),
        new_destination=target,
    )
    return target


def _ring(cluster: Cluster, call: Call, line: Line, cause: Cause) -> None:
    ringing = [appearance for appearance in line.appearances if appearance.device.in_service]
    if not ringing:
        fail(cluster, call, line, Cause.DEST_OUT_OF_ORDER)
    elif any(connection.party is line for connection in call.connections) or any(
        map(cluster.is_full, ringing)
    ):
        fail(cluster, call, line, Cause.BUSY)
    else:
        cluster.join(call, line, ringing, LocalConnectionState.ALERTING)
        cluster.record(Kind.DELIVERED, call, line, cause)


def _leave_cluster(cluster: Cluster, call: Call, number: Outside, cause: Cause, now: float) -> None:
    if number.conduct is Conduct.BUSY:
        fail(cluster, call, number, Cause.BUSY)
        return
    if number.conduct is Conduct.REJECTS:
        fail(cluster, call, number, Cause.CALL_CANCELLED)
        return
    (leg,) = cluster.join(call, number, (number,), LocalConnectionState.ALERTING).legs
    cluster.record(Kind.DELIVERED, call, number, cause)
    if number.conduct is Conduct.ANSWERS:
        _outside_answers(cluster, leg, now)
    elif number.conduct is Conduct.ANSWERS_LATER:
        cluster.timers.at(now + ANSWER_DELAY, partial(_outside_answers, cluster, leg))


def _outside_answers(cluster: Cluster, leg: Leg, _now: float) -> None:
    if leg.state is LocalConnectionState.ALERTING:  # not given up meanwhile
        cluster.change(leg, LocalConnectionState.CONNECTED)
        cluster.record(Kind.ESTABLISHED, leg.call, leg.endpoint, Cause.NORMAL)
