"""Services about a line appearance: monitors, snapshots, and what a user sets on a phone."""

from csta_xml import (
    ConnectionId,
    ForwardingType,
    ForwardListItem,
    GetDoNotDisturb,
    GetDoNotDisturbResponse,
    GetForwarding,
    GetForwardingResponse,
    GetMessageWaitingIndicator,
    GetMessageWaitingIndicatorResponse,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    SetDoNotDisturb,
    SetDoNotDisturbResponse,
    SetForwarding,
    SetForwardingResponse,
    SetMessageWaitingIndicator,
    SetMessageWaitingIndicatorResponse,
    SnapshotCall,
    SnapshotCallResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
)
from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidForwardingDestination,
    InvalidMonitorObject,
    InvalidParameterValue,
    ServiceNotSupported,
)
from ctimgr_client.simulator import phone_features
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.snapshot import snapshot, snapshot_call


def monitor_start(application: Application, request: MonitorStart, _now: float) -> MonitorStartResponse:
    if isinstance(request.monitor_object, ConnectionId):
        raise InvalidMonitorObject
    kept_back = request.requested_monitor_filter
    appearance = application.cluster.appearance(request.monitor_object)
    monitor = application.start_monitor(
        appearance, kept_back or frozenset(), of_calls=request.monitor_type is MonitorType.CALL
    )
    return MonitorStartResponse(monitor_cross_ref_id=monitor.ref, actual_monitor_filter=kept_back)


def monitor_stop(application: Application, request: MonitorStop, _now: float) -> MonitorStopResponse:
    application.stop_monitor(request.monitor_cross_ref_id)
    return MonitorStopResponse()


def snapshot_device(application: Application, request: SnapshotDevice, _now: float) -> SnapshotDeviceResponse:
    """A phone that is not registered can be asked only for what it has kept."""
    cluster = application.cluster
    appearance = cluster.appearance(request.snapshot_object)
    calls = snapshot(cluster, appearance)
    if not calls and not appearance.device.in_service:
        raise DeviceOutOfService(f"{appearance.device.name} is not registered")
    return SnapshotDeviceResponse(snapshot=calls)


def snapshot_of_call(application: Application, request: SnapshotCall, _now: float) -> SnapshotCallResponse:
    return snapshot_call(application.cluster.leg(request.snapshot_object))


def get_forwarding(application: Application, request: GetForwarding, _now: float) -> GetForwardingResponse:
    target = application.cluster.appearance(request.device).line.forward
    item = ForwardListItem(
        forwarding_type=ForwardingType.IMMEDIATE,
        forward_status=target is not None,
        forward_dn=None if target is None else target.number,
    )
    return GetForwardingResponse(forwarding_list=(item,))


def set_forwarding(application: Application, request: SetForwarding, _now: float) -> SetForwardingResponse:
    cluster = application.cluster
    line = cluster.appearance(request.device).line
    if request.forwarding_type not in (None, ForwardingType.IMMEDIATE):
        raise ServiceNotSupported("only all calls can be forwarded")
    target = None
    if request.activate_forward:
        if request.forward_dn is None:
            raise InvalidParameterValue
        target = cluster.destination(request.forward_dn, InvalidForwardingDestination)
    phone_features.forward(cluster, line, target)
    return SetForwardingResponse()


def get_do_not_disturb(
    application: Application, request: GetDoNotDisturb, _now: float
) -> GetDoNotDisturbResponse:
    device = application.cluster.appearance(request.device).device
    return GetDoNotDisturbResponse(do_not_disturb_on=device.do_not_disturb)


def set_do_not_disturb(
    application: Application, request: SetDoNotDisturb, _now: float
) -> SetDoNotDisturbResponse:
    device = application.cluster.appearance(request.device).device
    if request.call_origination or request.calling_device_list:
        raise InvalidParameterValue("do not disturb is against all callers or none")
    phone_features.do_not_disturb(application.cluster, device, on=request.do_not_disturb_on)
    return SetDoNotDisturbResponse()


def get_message_waiting(
    application: Application, request: GetMessageWaitingIndicator, _now: float
) -> GetMessageWaitingIndicatorResponse:
    appearance = application.cluster.appearance(request.device)
    return GetMessageWaitingIndicatorResponse(
        message_waiting_on=appearance.line.message_waiting,
        device_for_message=appearance.line.message_for,
        lamp_is_present=True,  # a phone without a lamp does not serve this
    )


def set_message_waiting(
    application: Application, request: SetMessageWaitingIndicator, _now: float
) -> SetMessageWaitingIndicatorResponse:
    line = application.cluster.appearance(request.device).line
    phone_features.message_waiting(
        application.cluster, line, request.device_for_message, on=request.message_waiting_on
    )
    return SetMessageWaitingIndicatorResponse()
