"""The services a simulated CTIManager serves: one small function each, and the table that says so.

A function turns the request into an operation of the cluster and the result into the response; what it
cannot do it raises as Refused. What stands in `SERVICES` is served and is announced by GetCSTAFeatures,
nothing else: one more service is one function and one line. Application session messages are not here,
they are the provider's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from csta_xml import (
    AnswerCall,
    AnswerCallResponse,
    Capability,
    CapabilityList,
    ClearConnection,
    ClearConnectionResponse,
    ConnectionId,
    ForwardingType,
    ForwardListItem,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetForwarding,
    GetForwardingResponse,
    HoldCall,
    HoldCallResponse,
    MakeCall,
    MakeCallResponse,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Response,
    RetrieveCall,
    RetrieveCallResponse,
    Service,
    SetForwarding,
    SetForwardingResponse,
    SnapshotDevice,
    SnapshotDeviceResponse,
    SystemRegister,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
)
from ctimgr_client.simulator import call_control
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.calls import Leg
from ctimgr_client.simulator.refused import (
    InvalidForwardingDestination,
    InvalidForwardingType,
    InvalidMonitorObject,
    InvalidParameterValue,
    MonitorTypeNotSupported,
    ServiceNotSupported,
)
from ctimgr_client.simulator.snapshot import snapshot
from ctimgr_client.simulator.views import EVENTS


@dataclass(frozen=True, slots=True)
class Row:
    """How a service is served, and the list and name under which a features answer announces it."""

    serve: Callable[..., Response]  # (application, request of the row's type, now)
    capability_list: str
    capability: str
    options: tuple[str, ...] = ()


def serve(application: Application, request: Service, now: float) -> Response:
    """The response to a request, whatever it is; raises Refused."""
    row = SERVICES.get(type(request))
    if row is None:
        raise ServiceNotSupported
    return row.serve(application, request, now)


def _get_features(application: Application, request: GetCSTAFeatures, _now: float) -> GetCSTAFeaturesResponse:
    if request.line is not None:
        application.cluster.appearance(request.line)
    return FEATURES


def _request_system_status(
    application: Application, request: RequestSystemStatus, _now: float
) -> RequestSystemStatusResponse:
    if request.line is not None:
        application.cluster.appearance(request.line)
    return RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)


def _system_status(_application: Application, _request: SystemStatus, _now: float) -> SystemStatusResponse:
    return SystemStatusResponse()


def _system_register(
    application: Application, request: SystemRegister, _now: float
) -> SystemRegisterResponse:
    return SystemRegisterResponse(
        sys_stat_register_id=application.cti.next_register_id(),
        actual_status_filter=request.requested_status_filter,
    )


def _monitor_start(application: Application, request: MonitorStart, _now: float) -> MonitorStartResponse:
    if isinstance(request.monitor_object, ConnectionId):
        raise InvalidMonitorObject
    if request.monitor_type is MonitorType.CALL:
        raise MonitorTypeNotSupported
    kept_back = request.requested_monitor_filter
    appearance = application.cluster.appearance(request.monitor_object)
    monitor = application.start_monitor(appearance, kept_back or frozenset())
    return MonitorStartResponse(monitor_cross_ref_id=monitor.ref, actual_monitor_filter=kept_back)


def _monitor_stop(application: Application, request: MonitorStop, _now: float) -> MonitorStopResponse:
    application.stop_monitor(request.monitor_cross_ref_id)
    return MonitorStopResponse()


def _snapshot_device(
    application: Application, request: SnapshotDevice, _now: float
) -> SnapshotDeviceResponse:
    cluster = application.cluster
    return SnapshotDeviceResponse(snapshot=snapshot(cluster, cluster.appearance(request.snapshot_object)))


def _make_call(application: Application, request: MakeCall, now: float) -> MakeCallResponse:
    appearance = application.cluster.appearance(request.calling_device)
    leg = call_control.dial(application.cluster, appearance, request.called_directory_number, now)
    return MakeCallResponse(calling_device=ConnectionId(leg.call.id, appearance.device_id))


def _answer_call(application: Application, request: AnswerCall, _now: float) -> AnswerCallResponse:
    call_control.answer(
        application.cluster, _leg(application, request.call_to_be_answered, call_control.TO_ANSWER)
    )
    return AnswerCallResponse()


def _hold_call(application: Application, request: HoldCall, _now: float) -> HoldCallResponse:
    call_control.hold(application.cluster, _leg(application, request.call_to_be_held, call_control.TO_HOLD))
    return HoldCallResponse()


def _retrieve_call(application: Application, request: RetrieveCall, _now: float) -> RetrieveCallResponse:
    leg = _leg(application, request.call_to_be_retrieved, call_control.TO_RESUME)
    call_control.resume(application.cluster, leg)
    return RetrieveCallResponse()


def _clear_connection(
    application: Application, request: ClearConnection, _now: float
) -> ClearConnectionResponse:
    leg = _leg(application, request.connection_to_be_cleared, call_control.TO_HANG_UP)
    call_control.hangup(application.cluster, leg)
    return ClearConnectionResponse()


def _get_forwarding(application: Application, request: GetForwarding, _now: float) -> GetForwardingResponse:
    target = application.cluster.appearance(request.device).line.forward
    item = ForwardListItem(
        forwarding_type=ForwardingType.IMMEDIATE,
        forward_status=target is not None,
        forward_dn=None if target is None else target.number,
    )
    return GetForwardingResponse(forwarding_list=(item,))


def _set_forwarding(application: Application, request: SetForwarding, _now: float) -> SetForwardingResponse:
    cluster = application.cluster
    line = cluster.appearance(request.device).line
    if request.forwarding_type not in (None, ForwardingType.IMMEDIATE):
        raise InvalidForwardingType
    target = None
    if request.activate_forward:
        if request.forward_dn is None:
            raise InvalidParameterValue
        target = cluster.destination(request.forward_dn, InvalidForwardingDestination)
    call_control.forward(cluster, line, target)
    return SetForwardingResponse()


def _leg(application: Application, connection: ConnectionId, choice: call_control.Choice) -> Leg:
    """The leg a request is about. Without a callID: the call of the device that the service can be about."""
    cluster = application.cluster
    if connection.call_id is None and connection.device_id is not None:
        return call_control.choose(cluster, (cluster.appearance(connection.device_id),), choice)
    return cluster.leg(connection)


SERVICES: dict[type[Service], Row] = {
    GetCSTAFeatures: Row(_get_features, "capExchangeServList", "getCSTAFeatures"),
    SystemRegister: Row(_system_register, "systemStatServList", "systemRegister"),
    RequestSystemStatus: Row(_request_system_status, "systemStatServList", "requestSystemStatus"),
    SystemStatus: Row(_system_status, "systemStatServList", "systemStatus"),
    MonitorStart: Row(_monitor_start, "monitoringServList", "monitorStart"),
    MonitorStop: Row(_monitor_stop, "monitoringServList", "monitorStop"),
    SnapshotDevice: Row(_snapshot_device, "snapshotServList", "snapshotDevice"),
    AnswerCall: Row(_answer_call, "callControlServList", "answerCall"),
    ClearConnection: Row(_clear_connection, "callControlServList", "clearConnection"),
    HoldCall: Row(_hold_call, "callControlServList", "holdCall"),
    MakeCall: Row(_make_call, "callControlServList", "makeCall", ("autoOriginateDoNotPrompt",)),
    RetrieveCall: Row(_retrieve_call, "callControlServList", "retrieveCall"),
    GetForwarding: Row(_get_forwarding, "logicalServList", "getForwarding"),
    SetForwarding: Row(_set_forwarding, "logicalServList", "setForwarding"),
}


def _features() -> GetCSTAFeaturesResponse:
    services: dict[str, list[Capability]] = {}
    for row in SERVICES.values():
        services.setdefault(row.capability_list, []).append(Capability(row.capability, row.options))
    return GetCSTAFeaturesResponse(
        services=tuple(CapabilityList(name, tuple(served)) for name, served in services.items()),
        events=tuple(
            CapabilityList(name, tuple(Capability(event) for event in events))
            for name, events in EVENTS.items()
        ),
    )


FEATURES = _features()
