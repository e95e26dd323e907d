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
from ctimgr_client.serving.capabilities import ANNOUNCED, announce
from ctimgr_client.serving.refused import ServiceNotSupported
from ctimgr_client.serving.views import EVENTS
from ctimgr_client.simulator import call_services as calls
from ctimgr_client.simulator import device_services as devices
from ctimgr_client.simulator import system_services as system
from ctimgr_client.simulator.application import Application
from ctimgr_client.simulator.call_control import controlled
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.models import missing, require
from ctimgr_client.simulator.phones import Appearance


@dataclass(frozen=True, slots=True)
class Row:
    """How a service is served. `concerns` is the field that names the device, where a model of phone may lack
    the service."""

    serve: Callable[..., Response]  # (application, request of the row's type, now)
    concerns: str = ""


def serve(application: Application, request: Service, now: float) -> Response:
    """The response to a request, whatever it is; raises Refused."""
    row = SERVICES.get(type(request))
    if row is None:
        raise ServiceNotSupported
    if row.concerns:
        appearance = _concerned(application.cluster, getattr(request, row.concerns))
        require(appearance.device, ANNOUNCED[type(request)].name)
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
    GetCSTAFeatures: Row(_get_features),
    SystemRegister: Row(system.system_register),
    SystemRegisterCancel: Row(system.system_register_cancel),
    RequestSystemStatus: Row(system.request_system_status),
    SystemStatus: Row(system.system_status),
    MonitorStart: Row(devices.monitor_start),
    MonitorStop: Row(devices.monitor_stop),
    SnapshotCall: Row(devices.snapshot_of_call),
    SnapshotDevice: Row(devices.snapshot_device),
    AlternateCall: Row(calls.alternate_call),
    AnswerCall: Row(calls.answer_call),
    ClearCall: Row(calls.clear_call),
    ClearConnection: Row(calls.clear_connection),
    ConferenceCall: Row(calls.conference_call),
    ConsultationCall: Row(calls.consultation_call),
    DeflectCall: Row(calls.deflect_call),
    DirectedPickupCall: Row(calls.directed_pickup_call),
    GroupPickupCall: Row(calls.group_pickup_call),
    HoldCall: Row(calls.hold_call),
    MakeCall: Row(calls.make_call),
    ParkCall: Row(calls.park_call, concerns="parking"),
    ReconnectCall: Row(calls.reconnect_call),
    RetrieveCall: Row(calls.retrieve_call),
    SingleStepConferenceCall: Row(calls.single_step_conference_call),
    SingleStepTransferCall: Row(calls.single_step_transfer_call),
    TransferCall: Row(calls.transfer_call),
    GenerateDigits: Row(calls.generate_digits),
    GetMessageWaitingIndicator: Row(devices.get_message_waiting, concerns="device"),
    SetMessageWaitingIndicator: Row(devices.set_message_waiting, concerns="device"),
    GetDoNotDisturb: Row(devices.get_do_not_disturb, concerns="device"),
    GetForwarding: Row(devices.get_forwarding),
    SetDoNotDisturb: Row(devices.set_do_not_disturb, concerns="device"),
    SetForwarding: Row(devices.set_forwarding),
}


@cache
def features(model: str | None) -> GetCSTAFeaturesResponse:
    """What a model of phone can do; without one, what any phone can."""
    return announce(SERVICES, EVENTS, missing(model) if model is not None else frozenset())
