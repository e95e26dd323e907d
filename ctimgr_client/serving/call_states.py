"""The state of a call at a device, out of the states of its connections (ECMA-269 §16).

A simple call state is a pair, the far end's connection state first and the device's own last; where the
pair has no name, and in a call of more than two, the compound state lists the states, own first.
"""

from csta_xml import CallState, LocalConnectionState, SimpleCallState

State = LocalConnectionState

_SIMPLE = {
    (State.NULL, State.INITIATED): SimpleCallState.PENDING,
    (State.NULL, State.CONNECTED): SimpleCallState.ORIGINATED,
    (State.ALERTING, State.CONNECTED): SimpleCallState.DELIVERED,
    (State.ALERTING, State.HOLD): SimpleCallState.DELIVERED_HELD,
    (State.CONNECTED, State.ALERTING): SimpleCallState.RECEIVED,
    (State.HOLD, State.ALERTING): SimpleCallState.RECEIVED_ON_HOLD,
    (State.CONNECTED, State.CONNECTED): SimpleCallState.ESTABLISHED,
    (State.CONNECTED, State.HOLD): SimpleCallState.ESTABLISHED_HELD,
    (State.HOLD, State.CONNECTED): SimpleCallState.ESTABLISHED_ON_HOLD,
    (State.FAIL, State.CONNECTED): SimpleCallState.FAILED,
}


def call_state(own: State, far: tuple[State, ...]) -> CallState:
    """`own` is the device's connection, `far` those of everybody else, null where there is nobody."""
    if len(far) == 1 and (simple := _SIMPLE.get((far[0], own))) is not None:
        return simple
    return (own, *far)
