"""Monitoring and snapshot services (ECMA-269, ECMA-323).

Values only; see `messages` for how classes and fields are named.
"""

from dataclasses import dataclass
from typing import TypeAlias

from csta_xml.messages import ConnectionId, Response, Service
from csta_xml.names import (
    Absent,
    DeviceId,
    LocalConnectionState,
    MonitorCrossRefId,
    MonitorType,
    Party,
    SimpleCallState,
)

#: compoundCallState | simpleCallState | unknown (NOT_KNOWN)
CallState: TypeAlias = tuple[LocalConnectionState, ...] | SimpleCallState | Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStart(Service):
    """Asks for the events of a device or a call, without those the filter names (`features.FILTER_FLAGS`)."""

    monitor_object: DeviceId | ConnectionId
    requested_monitor_filter: frozenset[str] | None = None
    monitor_type: MonitorType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStartResponse(Response):
    monitor_cross_ref_id: MonitorCrossRefId
    actual_monitor_filter: frozenset[str] | None = None
    monitor_existing_calls: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStop(Service):
    monitor_cross_ref_id: MonitorCrossRefId


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStopResponse(Response):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDevice(Service):
    """Asks for the calls that exist at a device."""

    snapshot_object: DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDeviceInfo:
    """One call at the device: snapshotDeviceResponseInfo of the schema."""

    connection_identifier: ConnectionId
    endpoint_device: Party | None = None
    local_call_state: CallState


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDeviceResponse(Response):
    snapshot: tuple[SnapshotDeviceInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCall(Service):
    """Asks for the devices in a call."""

    snapshot_object: ConnectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCallInfo:
    """One device in the call: snapshotCallResponseInfo of the schema."""

    device_on_call: Party
    call_identifier: ConnectionId | None = None
    local_connection_info: LocalConnectionState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCallResponse(Response):
    snapshot: tuple[SnapshotCallInfo, ...] = ()
    calling_device: Party | None = None
    called_device: Party | None = None
