"""What a phone can do with calls, whether a finger or an application does it.

Each operation checks first and raises Refused with nothing changed, or does all of it and records what
happened. A device has one active call: what makes another one active holds it, with its Held fact.
"""

from collections.abc import Iterable
from typing import NamedTuple

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.clearing import drop
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.facts import ForwardingFact, Kind
from ctimgr_client.simulator.phones import Appearance, Destination, Device, Line
from ctimgr_client.simulator.refused import (
    DeviceOutOfService,
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidDestination,
    InvalidForwardingDestination,
    NoActiveCall,
    NoCallToAnswer,
    NoConnectionToClear,
    NoHeldCall,
    Refused,
)
from ctimgr_client.simulator.routing import route

ALERTING, CONNECTED = LocalConnectionState.ALERTING, LocalConnectionState.CONNECTED
HOLD, INITIATED, QUEUED = (
    LocalConnectionState.HOLD,
    LocalConnectionState.INITIATED,
    LocalConnectionState.QUEUED,
)


class Choice(NamedTuple):
    """Which call is meant when only the device is named: the oldest in one of these states, in this order."""

    states: tuple[LocalConnectionState, ...]
    nothing: type[Refused]


TO_ANSWER = Choice((ALERTING,), NoCallToAnswer)
TO_HOLD = Choice((CONNECTED,), NoActiveCall)
TO_RESUME = Choice((HOLD,), NoHeldCall)
TO_HANG_UP = Choice((CONNECTED, INITIATED, ALERTING, HOLD), NoConnectionToClear)


def choose(cluster: Cluster, appearances: Iterable[Appearance], choice: Choice) -> Leg:
    legs = [leg for appearance in appearances for leg in cluster.legs_at(appearance)]
    for state in choice.states:
        for leg in legs:
            if leg.state is state:
                return leg
    raise choice.nothing


def dial(cluster: Cluster, appearance: Appearance, number: str, now: float) -> Leg:
    """Make a call: off hook, all digits, on its way. The calling party's leg comes back."""
    require_service(appearance)
    destination = cluster.destination(number)
    if destination is appearance.line:
        raise InvalidDestination(f"{number!r} is the calling line itself")
    call = cluster.open_call(appearance, destination)
    free(cluster, appearance.device)
    (leg,) = cluster.join(call, appearance.line, (appearance,), INITIATED).legs
    cluster.record(Kind.SERVICE_INITIATED, call, appearance, Cause.MAKE_CALL)
    cluster.change(leg, CONNECTED)
    cluster.record(Kind.ORIGINATED, call, appearance, Cause.NEW_CALL)
    route(cluster, call, destination, now)
    return leg


def answer(cluster: Cluster, leg: Leg) -> None:
    """Take a ringing call; on a shared line the other devices stop ringing and are bridged."""
    appearance = controlled(leg)
    require_state(leg, ALERTING)
    free(cluster, appearance.device)
    for other in leg.connection.legs:
        cluster.change(other, CONNECTED if other is leg else QUEUED)
    cluster.record(Kind.ESTABLISHED, leg.call, appearance, Cause.NORMAL)


def hangup(cluster: Cluster, leg: Leg) -> None:
    """Leave a call, give up dialling, or reject a ringing call (for every device of a shared line)."""
    controlled(leg)
    if leg.state is QUEUED:
        raise NoConnectionToClear("another appearance of the line has the call")
    drop(cluster, leg.connection)


def hold(cluster: Cluster, leg: Leg) -> None:
    appearance = controlled(leg)
    require_state(leg, CONNECTED)
    if leg.call.failed:
        raise InvalidConnectionState("a tone cannot be held")
    cluster.change(leg, HOLD)
    cluster.record(Kind.HELD, leg.call, appearance, Cause.NORMAL)


def resume(cluster: Cluster, leg: Leg) -> None:
    appearance = controlled(leg)
    require_state(leg, HOLD)
    free(cluster, appearance.device)
    cluster.change(leg, CONNECTED)
    cluster.record(Kind.RETRIEVED, leg.call, appearance, Cause.NORMAL)


def forward(cluster: Cluster, line: Line, target: Destination | None) -> None:
    """Forward all calls of a line, or none. It is the line's, whatever state its devices are in."""
    if target is line:
        raise InvalidForwardingDestination("a line cannot be forwarded to itself")
    line.forward = target
    for appearance in line.appearances:
        cluster.note(ForwardingFact(appearance, target))


def free(cluster: Cluster, device: Device) -> None:
    """Make room for another active call: hold the one there is; a tone is hung up instead."""
    leg = cluster.active(device)
    if leg is None:
        return
    if leg.call.failed:
        drop(cluster, leg.connection)
    else:
        hold(cluster, leg)


def controlled(leg: Leg) -> Appearance:
    """The appearance of a leg that can be controlled now."""
    if not isinstance(leg.endpoint, Appearance):
        raise InvalidConnectionId("nobody controls a number outside")
    require_service(leg.endpoint)
    return leg.endpoint


def require_service(appearance: Appearance) -> None:
    if not appearance.device.in_service:
        raise DeviceOutOfService(f"{appearance.device.name} is out of service")


def require_state(leg: Leg, state: LocalConnectionState) -> None:
    if leg.state is not state:
        raise InvalidConnectionState(f"the connection is {leg.state}, not {state}")
