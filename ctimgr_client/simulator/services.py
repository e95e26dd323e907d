"""The services a simulated CTIManager serves: the table that says so, and the features answers made of it.

What stands in `SERVICES` is served and is announced by GetCSTAFeatures, nothing else, and not where a model
of phone lacks it: one more service is one function and one line. Application session messages are not
here, they are the provider's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from csta_xml import (
    AlternateCall,
    AnswerCall,
    Capability,
    CapabilityList,
    ClearCall,
    ClearConnection,
    ConferenceCall,
    ConnectionId,
    ConsultationCall,
    DeflectCall,
    DirectedPickupCall,
    GenerateDigits,
    GetCSTAFeatures,
    GetCSTAFeaturesResponse,
    GetDoNotDisturb,
    GetForwarding,
    GetMessageWaitingIndicator,
    GroupPickupCall,
    HoldCall,
    MakeCall,
    MonitorStart,
    MonitorStop,
    ParkCall,
    ReconnectCall,
    RequestSystemStatus,
    Response,
    RetrieveCall,
    Service,
    SetDoNotDisturb,
    SetForwarding,
    SetMessageWaitingIndicator,
    SingleStepConferenceCall,
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    SystemRegister,
    SystemRegisterCancel,
    SystemStatus,
    TransferCall,
)
from ctimgr_client.simulator import call_services as calls
from ctimgr_client.simulator import device_services as devices
from ctimgr_client.simulator import system_services as system
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.call_control import controlled
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.models import missing, require
from ctimgr_client.simulator.phones import Appearance
from ctimgr_client.simulator.refused import ServiceNotSupported
from ctimgr_client.simulator.views import EVENTS

CALL_CONTROL, LOGICAL, PHYSICAL = "callControlServList", "logicalServList", "physDevServList"
SYSTEM, MONITORING, SNAPSHOT = "systemStatServList", "monitoringServList", "snapshotServList"


@dataclass(frozen=True, slots=True)
class Row:
    """How a service is served, and the list and name under which a features answer announces it.

    `concerns` is the field that names the device, where a model of phone may lack the service.
    """

    serve: Callable[..., Response]  # (application, request of the row's type, now)
    capability_list: str
    capability: str
    options: tuple[str, ...] = ()
    concerns: str = ""


def serve(application: Application, request: Service, now: float) -> Response:
    """The response to a request, whatever it is; raises Refused."""
    row = SERVICES.get(type(request))
    if row is None:
        raise ServiceNotSupported
    if row.concerns:
        appearance = _concerned(application.cluster, getattr(request, row.concerns))
        require(appearance.device, row.capability)
    return row.serve(application, request, now)


def _concerned(cluster: Cluster, named: str | ConnectionId) -> Appearance:
    if not isinstance(named, ConnectionId):
        return cluster.appearance(named)
    if named.call_id is None and named.device_id is not None:
        return cluster.appearance(named.device_id)
    return controlled(cluster.leg(named))


def _get_features(application: Application, request: GetCSTAFeatures, _now: float) -> GetCSTAFeaturesResponse:
    if request.line is None:
        return features(None)
    return features(application.cluster.appearance(request.line).device.model)


SERVICES: dict[type[Service], Row] = {
    GetCSTAFeatures: Row(_get_features, "capExchangeServList", "getCSTAFeatures"),
    SystemRegister: Row(system.system_register, SYSTEM, "systemRegister"),
    SystemRegisterCancel: Row(system.system_register_cancel, SYSTEM, "systemStatusRegisterCancel"),
    RequestSystemStatus: Row(system.request_system_status, SYSTEM, "requestSystemStatus"),
    SystemStatus: Row(system.system_status, SYSTEM, "systemStatus"),
    MonitorStart: Row(devices.monitor_start, MONITORING, "monitorStart"),
    MonitorStop: Row(devices.monitor_stop, MONITORING, "monitorStop"),
    SnapshotCall: Row(devices.snapshot_of_call, SNAPSHOT, "snapshotCall"),
    SnapshotDevice: Row(devices.snapshot_device, SNAPSHOT, "snapshotDevice"),
    AlternateCall: Row(calls.alternate_call, CALL_CONTROL, "alternateCall"),
    AnswerCall: Row(calls.answer_call, CALL_CONTROL, "answerCall"),
    ClearCall: Row(calls.clear_call, CALL_CONTROL, "clearCall"),
    ClearConnection: Row(calls.clear_connection, CALL_CONTROL, "clearConnection"),
    ConferenceCall: Row(calls.conference_call, CALL_CONTROL, "conferenceCall"),
    ConsultationCall: Row(calls.consultation_call, CALL_CONTROL, "consultationCall"),
    DeflectCall: Row(calls.deflect_call, CALL_CONTROL, "deflectCall"),
    DirectedPickupCall: Row(calls.directed_pickup_call, CALL_CONTROL, "directedPickupCall"),
    GroupPickupCall: Row(calls.group_pickup_call, CALL_CONTROL, "groupPickupCall"),
    HoldCall: Row(calls.hold_call, CALL_CONTROL, "holdCall"),
    MakeCall: Row(
        calls.make_call, CALL_CONTROL, "makeCall", ("autoOriginatePrompt", "autoOriginateDoNotPrompt")
    ),
    ParkCall: Row(calls.park_call, CALL_CONTROL, "parkCall", concerns="parking"),
    ReconnectCall: Row(calls.reconnect_call, CALL_CONTROL, "reconnectCall"),
    RetrieveCall: Row(calls.retrieve_call, CALL_CONTROL, "retrieveCall"),
    SingleStepConferenceCall: Row(calls.single_step_conference_call, CALL_CONTROL, "singleStepConference"),
    SingleStepTransferCall: Row(calls.single_step_transfer_call, CALL_CONTROL, "singleStepTransfer"),
    TransferCall: Row(calls.transfer_call, CALL_CONTROL, "transferCall"),
    GenerateDigits: Row(calls.generate_digits, "callAssociatedServList", "generateDigits"),
    GetMessageWaitingIndicator: Row(
        devices.get_message_waiting, PHYSICAL, "getMessageWaitingIndicator", concerns="device"
    ),
    SetMessageWaitingIndicator: Row(
        devices.set_message_waiting, PHYSICAL, "setMessageWaitingIndicator", concerns="device"
    ),
    GetDoNotDisturb: Row(devices.get_do_not_disturb, LOGICAL, "getDoNotDisturb", concerns="device"),
    GetForwarding: Row(devices.get_forwarding, LOGICAL, "getForwarding"),
    SetDoNotDisturb: Row(devices.set_do_not_disturb, LOGICAL, "setDoNotDisturb", concerns="device"),
    SetForwarding: Row(devices.set_forwarding, LOGICAL, "setForwarding"),
}


@cache
def features(model: str | None) -> GetCSTAFeaturesResponse:
    """What a model of phone can do; without one, what any phone can."""
    lacking = missing(model) if model is not None else frozenset()
    services: dict[str, list[Capability]] = {}
    for row in SERVICES.values():
        if row.capability not in lacking:
            services.setdefault(row.capability_list, []).append(Capability(row.capability, row.options))
    return GetCSTAFeaturesResponse(
        services=tuple(CapabilityList(name, tuple(served)) for name, served in services.items()),
        events=tuple(
            CapabilityList(name, tuple(Capability(event) for event in events if event not in lacking))
            for name, events in EVENTS.items()
        ),
    )
