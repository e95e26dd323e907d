"""Two calls of one line appearance that stay apart: consult, alternate, reconnect (ECMA-269).

How the two came about does not matter: any held and any active call of an appearance are a pair.
"""

from csta_xml import Cause
from ctimgr_client.serving.refused import InvalidConnectionId, InvalidConnectionState
from ctimgr_client.simulator.call_control import (
    ALERTING,
    CONNECTED,
    HOLD,
    answer,
    controlled,
    hold,
    require_state,
    resume,
)
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.clearing import drop
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.dialling import CONSULTED, dial
from ctimgr_client.simulator.phones import Appearance


def consult(cluster: Cluster, leg: Leg, number: str, now: float) -> Leg:
    """Hold a call and make another one; the leg of the new call comes back."""
    appearance = controlled(leg)
    require_talking(leg)
    return dial(cluster, appearance, number, now, CONSULTED)


def alternate(cluster: Cluster, held: Leg, active: Leg) -> None:
    """Hold one call and go on with the other, which may be one that rings."""
    paired(held, active)
    require_state(active, CONNECTED)
    if held.state is ALERTING:
        hold(cluster, active, Cause.ALTERNATE)
        answer(cluster, held)
        return
    require_state(held, HOLD)
    hold(cluster, active, Cause.ALTERNATE)
    resume(cluster, held, Cause.ALTERNATE)


def reconnect(cluster: Cluster, active: Leg, held: Leg) -> None:
    """Leave one call and go back to the other."""
    require_pair(held, active)
    drop(cluster, active.connection)
    resume(cluster, held)


def require_pair(held: Leg, active: Leg) -> Appearance:
    """A held and an active call of one appearance."""
    appearance = paired(held, active)
    require_state(held, HOLD)
    require_state(active, CONNECTED)
    return appearance


def paired(held: Leg, active: Leg) -> Appearance:
    appearance = controlled(active)
    if held.endpoint is not appearance:
        raise InvalidConnectionId("the calls are not at the same line appearance")
    if held is active:
        raise InvalidConnectionState("both connections are the same")
    return appearance


def require_talking(leg: Leg) -> None:
    """A call that everybody on it has answered."""
    require_state(leg, CONNECTED)
    if not leg.call.established:
        raise InvalidConnectionState("not everybody has the call")
