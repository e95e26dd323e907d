"""What exists: an appearance's calls, and who is on a call, as far as the tracker knows (ECMA-269 §16)."""

from csta_xml import (
    CallId,
    ConnectionId,
    DeviceId,
    LocalConnectionState,
    SnapshotCallInfo,
    SnapshotCallResponse,
    SnapshotDeviceInfo,
)
from ctimgr_client.jtapi.calls import Call, Connection
from ctimgr_client.jtapi.keys import Appearance
from ctimgr_client.jtapi.tracker import Tracker
from ctimgr_client.serving.call_states import call_state
from ctimgr_client.serving.refused import InvalidCallId, InvalidConnectionId

State = LocalConnectionState


def calls_at(tracker: Tracker, where: Appearance) -> list[Call]:
    """The calls that the appearance has a leg of, the oldest first."""
    found = [call for call in tracker.calls_of(where.line) if call.local(where) is not State.NULL]
    return sorted(found, key=lambda call: call.number)


def snapshot(tracker: Tracker, where: Appearance) -> tuple[SnapshotDeviceInfo, ...]:
    """One entry per call, the oldest first."""
    return tuple(_entry(call, where) for call in calls_at(tracker, where))


def snapshot_call(tracker: Tracker, where: Appearance, id_: CallId) -> SnapshotCallResponse:
    """One entry per device or party on the call, the asking one first. Raises Refused."""
    call = tracker.find(id_)
    if call is None:
        raise InvalidCallId(f"no call {id_!r}")
    if call.local(where) is State.NULL:
        raise InvalidConnectionId("the device is not on this call")
    legs = [one for connection in call.connections.values() for one in _legs(connection)]
    legs.sort(key=lambda leg: leg[0] != where.device_id)
    return SnapshotCallResponse(
        snapshot=tuple(
            SnapshotCallInfo(
                device_on_call=device,
                call_identifier=ConnectionId(call.id, device),
                local_connection_info=state,
            )
            for device, state in legs
        ),
        calling_device=call.party(call.calling).device_id,
        called_device=call.called_number.device_id,
    )


def _legs(connection: Connection) -> list[tuple[DeviceId, State]]:
    if not connection.legs:
        return [(connection.line.device_id, connection.state)]
    return [(where.device_id, connection.local(where)) for where in connection.legs]


def _entry(call: Call, where: Appearance) -> SnapshotDeviceInfo:
    own = call.connections[where.line]
    others = call.others(own)
    far_end: DeviceId | None = None
    far: tuple[State, ...] = tuple(other.state for other in others) or (State.NULL,)
    if call.failed:
        far_end, far = call.called_number.device_id, (State.FAIL,)
    elif len(others) == 1:
        far_end = others[0].subject.device_id
    return SnapshotDeviceInfo(
        connection_identifier=ConnectionId(call.id, where.device_id),
        endpoint_device=far_end,
        local_call_state=call_state(call.local(where), far),
    )
