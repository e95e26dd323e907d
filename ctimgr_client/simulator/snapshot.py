"""What exists: the calls of a line appearance, and who is on a call (ECMA-269 §16)."""

from csta_xml import (
    ConnectionId,
    DeviceId,
    LocalConnectionState,
    SnapshotCallInfo,
    SnapshotCallResponse,
    SnapshotDeviceInfo,
)
from ctimgr_client.serving.call_states import call_state
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.phones import Appearance

State = LocalConnectionState


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
        local_call_state=call_state(leg.state, far_states),
    )
