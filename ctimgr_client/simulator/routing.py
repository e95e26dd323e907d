"""Where a call goes: forwarding, ringing lines, and numbers outside CTI control.

The way is found first, without touching anything, and then the call is brought along it. What may fail
(a call that is dialled) then has failed: the caller's leg stays connected, hearing busy or reorder tone,
until it is cleared. That is how 1903 (cause busy) and 1905 (rejects: cause callCancelled) end. There is
no connection at the far end then, so nothing else is cleared with it. What must not fail (a call that is
transferred, deflected, extended) is refused where something stands in the way.
"""

from functools import partial
from typing import NamedTuple

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import InvalidDestination, ResourceBusy
from ctimgr_client.simulator.calls import Call, Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Conduct, Destination, Line, Outside

MAX_DIVERSIONS = 10
ANSWER_DELAY = 1.0

_UNREACHABLE = (Cause.DEST_OUT_OF_ORDER, Cause.DEST_NOT_OBTAINABLE)


class Way(NamedTuple):
    """The lines that forward the call, where it ends, and what stands in its way there."""

    diverting: tuple[Line, ...]
    destination: Destination
    obstacle: Cause | None


def find_way(cluster: Cluster, call: Call, destination: Destination) -> Way:
    """A line that is on the call is busy for it, forwarded or not."""
    diverting: list[Line] = []
    while isinstance(destination, Line) and destination.forward is not None and not call.has(destination):
        if len(diverting) == MAX_DIVERSIONS:
            return Way(tuple(diverting), destination, Cause.DEST_NOT_OBTAINABLE)
        diverting.append(destination)
        destination = destination.forward
    return Way(tuple(diverting), destination, _obstacle(cluster, call, destination))


def find_open_way(cluster: Cluster, call: Call, destination: Destination) -> Way:
    """The way of a call that must not fail; refused where it would."""
    way = find_way(cluster, call, destination)
    if way.obstacle in _UNREACHABLE:
        raise InvalidDestination(f"{way.destination.number} cannot be reached")
    if way.obstacle is not None:
        raise ResourceBusy(f"{way.destination.number} does not take the call: {way.obstacle}")
    return way


def route(cluster: Cluster, call: Call, destination: Destination, now: float) -> None:
    """Bring a dialled call to its destination: Delivered, or Failed."""
    bring(cluster, call, find_way(cluster, call, destination), Cause.NEW_CALL, now)


def bring(cluster: Cluster, call: Call, way: Way, cause: Cause, now: float) -> None:
    """Along the way to its end. `cause` is that of Delivered where nobody forwards the call."""
    for line in way.diverting:
        _divert(cluster, call, line)
    cause = Cause.CALL_FORWARD_IMMEDIATE if way.diverting else cause
    if isinstance(way.destination, Outside) and way.destination.trunk:
        cluster.record(Kind.NETWORK_REACHED, call, way.destination, Cause.NEW_CALL)
    if way.obstacle is not None:
        fail(cluster, call, way.destination, way.obstacle)
    elif isinstance(way.destination, Line):
        _ring(cluster, call, way.destination, cause)
    else:
        _ring_outside(cluster, call, way.destination, cause, now)


def fail(cluster: Cluster, call: Call, destination: Destination, cause: Cause) -> None:
    call.failed = True
    cluster.record(Kind.FAILED, call, destination, cause)


def _obstacle(cluster: Cluster, call: Call, destination: Destination) -> Cause | None:
    """Why the call cannot ring there."""
    if call.has(destination):
        return Cause.BUSY
    if isinstance(destination, Outside):
        return _REFUSES.get(destination.conduct)
    registered = [appearance for appearance in destination.appearances if appearance.device.in_service]
    if not registered:
        return Cause.DEST_OUT_OF_ORDER
    ringing = _ringing(destination)
    if not ringing:
        return Cause.DO_NOT_DISTURB
    return Cause.BUSY if any(map(cluster.is_full, ringing)) else None


_REFUSES = {
    Conduct.BUSY: Cause.BUSY,
    Conduct.REJECTS: Cause.CALL_CANCELLED,
    Conduct.PARKS: Cause.DEST_NOT_OBTAINABLE,
}


def _ringing(line: Line) -> list[Appearance]:
    return [
        appearance
        for appearance in line.appearances
        if appearance.device.in_service and not appearance.device.do_not_disturb
    ]


def _divert(cluster: Cluster, call: Call, line: Line) -> None:
    """Only the forwarding line sees Diverted: for the caller the call is still on its way."""
    call.redirection = line
    cluster.record(
        Kind.DIVERTED,
        call,
        line,
        Cause.CALL_FORWARD_IMMEDIATE,
        seen_by=tuple((appearance, LocalConnectionState.NULL) for appearance in line.appearances),
        new_destination=line.forward,
    )


def _ring(cluster: Cluster, call: Call, line: Line, cause: Cause) -> None:
    cluster.join(call, line, _ringing(line), LocalConnectionState.ALERTING)
    cluster.record(Kind.DELIVERED, call, line, cause)


def _ring_outside(cluster: Cluster, call: Call, number: Outside, cause: Cause, now: float) -> None:
    (leg,) = cluster.join(call, number, (number,), LocalConnectionState.ALERTING).legs
    cluster.record(Kind.DELIVERED, call, number, cause)
    if number.conduct is Conduct.ANSWERS:
        _outside_answers(cluster, leg, now)
    elif number.conduct is Conduct.ANSWERS_LATER:
        cluster.expect(leg, now + ANSWER_DELAY, partial(_outside_answers, cluster, leg))


def _outside_answers(cluster: Cluster, leg: Leg, _now: float) -> None:
    cluster.change(leg, LocalConnectionState.CONNECTED)
    cluster.record(Kind.ESTABLISHED, leg.call, leg.endpoint, Cause.NORMAL)
