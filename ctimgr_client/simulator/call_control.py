"""What a phone can do with a call it has, whether a finger or an application does it.

Each operation checks first and raises Refused with nothing changed, or does all of it and records what
happened. A device has one active call: what makes another one active holds it, with its Held fact. What
makes calls is in dialling; what is about two calls, and what brings calls to other devices, is in modules
of their own.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from csta_xml import Cause, LocalConnectionState
from ctimgr_client.serving.facts import Kind
from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidConnectionId,
    InvalidConnectionState,
    InvalidParameterValue,
    NoActiveCall,
    NoCallToAnswer,
    NoConnectionToClear,
    NoHeldCall,
    Refused,
)
from ctimgr_client.simulator import bridging
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.clearing import drop, end
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance, Device

ALERTING, CONNECTED = LocalConnectionState.ALERTING, LocalConnectionState.CONNECTED
HOLD, INITIATED, QUEUED = (
    LocalConnectionState.HOLD,
    LocalConnectionState.INITIATED,
    LocalConnectionState.QUEUED,
)
MAX_DIGITS = 64
_DIGITS = frozenset("0123456789*#ABCDabcd,")
_PAUSE = ","


def is_held_elsewhere(leg: Leg) -> bool:
    """At another appearance of the line, so that this one may take the call over."""
    return leg.state is QUEUED and leg.connection.state is HOLD


def _is(state: LocalConnectionState) -> Callable[[Leg], bool]:
    return lambda leg: leg.state is state


class Choice(NamedTuple):
    """Which call is meant when only the device is named: the oldest that is like this, in this order."""

    wishes: tuple[Callable[[Leg], bool], ...]
    nothing: type[Refused]


TO_ANSWER = Choice((_is(ALERTING), _is(INITIATED)), NoCallToAnswer)
TO_PICK_UP = Choice((_is(ALERTING),), NoCallToAnswer)
TO_HOLD = Choice((_is(CONNECTED),), NoActiveCall)
TO_PARK = Choice((_is(CONNECTED), _is(HOLD)), NoActiveCall)
HELD = Choice((_is(HOLD),), NoHeldCall)
TO_RESUME = Choice((_is(HOLD), is_held_elsewhere), NoHeldCall)
TO_HANG_UP = Choice(tuple(map(_is, (CONNECTED, INITIATED, ALERTING, HOLD))), NoConnectionToClear)


def choose(cluster: Cluster, appearances: Iterable[Appearance], choice: Choice) -> Leg:
    legs = [leg for appearance in appearances for leg in cluster.legs_at(appearance)]
    for wish in choice.wishes:
        for leg in legs:
            if wish(leg):
                return leg
    raise choice.nothing


def answer(cluster: Cluster, leg: Leg) -> None:
    """Take a ringing call; on a shared line the other devices stop ringing and are bridged."""
    appearance = controlled(leg)
    require_state(leg, ALERTING)
    free(cluster, appearance.device)
    bridging.speak(cluster, leg)
    cluster.record(Kind.ESTABLISHED, leg.call, appearance, Cause.NORMAL)
    bridging.tell_bridged(cluster, leg.connection)


def hangup(cluster: Cluster, leg: Leg) -> None:
    """Leave a call, give up dialling, or reject a ringing call (for every device of a shared line)."""
    require_own(leg)
    rejected = leg.state is ALERTING
    drop(cluster, leg.connection, Cause.CALL_CANCELLED if rejected else Cause.NORMAL_CLEARING)


def clear(cluster: Cluster, leg: Leg) -> None:
    """End the call for everybody."""
    require_own(leg)
    end(cluster, leg.connection)


def hold(cluster: Cluster, leg: Leg, cause: Cause = Cause.NORMAL) -> None:
    appearance = controlled(leg)
    require_state(leg, CONNECTED)
    if leg.call.failed:
        raise InvalidConnectionState("a tone cannot be held")
    cluster.change(leg, HOLD)
    cluster.record(Kind.HELD, leg.call, appearance, cause)


def resume(cluster: Cluster, leg: Leg, cause: Cause = Cause.NORMAL) -> None:
    """Go on with a held call; on a shared line also with one that another device holds."""
    appearance = controlled(leg)
    if not is_held_elsewhere(leg):
        require_state(leg, HOLD)
    free(cluster, appearance.device)
    holder = leg.connection.speaker
    bridged = [other for other in leg.connection.legs if other is not holder]
    bridging.speak(cluster, leg)
    cluster.record(Kind.RETRIEVED, leg.call, appearance, cause)
    bridging.tell_bridged(cluster, leg.connection, *bridged)


def send_digits(cluster: Cluster, leg: Leg, digits: str) -> None:
    """Tones to whoever is on the call. A pause is silence, so it is not heard."""
    controlled(leg)
    require_digits(digits)
    require_state(leg, CONNECTED)
    if leg.call.failed or not any(other.answered for other in leg.call.others(leg.connection)):
        raise InvalidConnectionState("nobody is there to hear it")
    leg.digits = (leg.digits + digits.upper().replace(_PAUSE, ""))[-MAX_DIGITS:]


def free(cluster: Cluster, device: Device, cause: Cause = Cause.NORMAL) -> None:
    """Make room for another active call: hold the one there is; a tone is hung up instead."""
    leg = cluster.active(device)
    if leg is None:
        return
    if leg.call.failed:
        drop(cluster, leg.connection)
    else:
        hold(cluster, leg, cause)


def controlled(leg: Leg) -> Appearance:
    """The appearance of a leg that can be controlled now."""
    if not isinstance(leg.endpoint, Appearance):
        raise InvalidConnectionId("nobody controls a number outside")
    require_service(leg.endpoint)
    return leg.endpoint


def require_own(leg: Leg) -> None:
    controlled(leg)
    if leg.state is QUEUED:
        raise NoConnectionToClear("another appearance of the line has the call")


def require_service(appearance: Appearance) -> None:
    if not appearance.device.in_service:
        raise DeviceOutOfService(f"{appearance.device.name} is out of service")


def require_digits(digits: str) -> None:
    if not 0 < len(digits) <= MAX_DIGITS or not _DIGITS.issuperset(digits):
        raise InvalidParameterValue(f"digits are 1 to {MAX_DIGITS} of 0-9 * # A-D and a comma for a pause")


def require_state(leg: Leg, state: LocalConnectionState) -> None:
    if leg.state is not state:
        raise InvalidConnectionState(f"the connection is {leg.state}, not {state}")
