"""What exists: the calls of a line appearance, and who is on a call (ECMA-269 §16).

A simple call state is a pair, the far end's connection state first and the device's own last; where the
pair has no name, and in a call of more than two, the compound state lists the states, own first.
"""

from csta_xml import (
    CallState,
    ConnectionId,
    DeviceId,
    LocalConnectionState,
    SimpleCallState,
    SnapshotCallInfo,
    SnapshotCallResponse,
    SnapshotDeviceInfo,
)
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance

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


def snapshot(cluster: Cluster, appearance: Appearance) -> tuple[SnapshotDeviceInfo, ...]:
    """One entry per call, the oldest first."""
    return tuple(_entry(leg, appearance) for leg in cluster.legs_at(appearance))


def snapshot_call(asking: Leg) -> SnapshotCallResponse:
    """One entry per device on the call, the asking one first."""
    call = asking.call
    legs = sorted(call.legs, key=lambda leg: leg is not asking)
    return SnapshotCallResponse(
        snapshot=tuple(
            SnapshotCallInfo(
                device_on_call=leg.endpoint.device_id,
                call_identifier=ConnectionId(call.id, leg.endpoint.device_id),
                local_connection_info=leg.state,
            )
            for leg in legs
        ),
        calling_device=call.calling.device_id,
        called_device=call.called.device_id,
    )


def _entry(leg: Leg, appearance: Appearance) -> SnapshotDeviceInfo:
    call = leg.call
    others = call.others(leg.connection)
    far_end: DeviceId | None = None
    far_states: tuple[State, ...] = tuple(other.state for other in others) or (State.NULL,)
    if call.failed:
        far_end, far_states = call.called.device_id, (State.FAIL,)
    elif len(others) == 1:
        far_end = others[0].subject.device_id
    return SnapshotDeviceInfo(
        connection_identifier=ConnectionId(call.id, appearance.device_id),
        endpoint_device=far_end,
        local_call_state=_call_state(leg.state, far_states),
    )


def _call_state(own: State, far: tuple[State, ...]) -> CallState:
    if len(far) == 1 and (simple := _SIMPLE.get((far[0], own))) is not None:
        return simple
    return (own, *far)
