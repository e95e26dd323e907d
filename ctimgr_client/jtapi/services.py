"""The services of the bridge: the table that says so, and the features answers made of it.

What stands in `SERVICES` is served and is announced by GetCSTAFeatures, nothing else, and not where a phone
or the library lacks it: one more service is one function and one line. SingleStepConferenceCall is not
there: nothing is known of CUCM's support for it. Application session messages are the conversation's.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
    SingleStepTransferCall,
    SnapshotCall,
    SnapshotDevice,
    SystemRegister,
    SystemRegisterCancel,
    SystemStatus,
    TransferCall,
)
from ctimgr_client.jtapi import call_services as calls
from ctimgr_client.jtapi import device_services as devices
from ctimgr_client.jtapi import meant
from ctimgr_client.jtapi import system_services as system
from ctimgr_client.jtapi import two_call_services as two_calls
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.serving.capabilities import announce
from ctimgr_client.serving.refused import ServiceNotSupported
from ctimgr_client.serving.views import EVENTS


@dataclass(frozen=True, slots=True)
class Row:
    """How a service is served: at once, or in steps. `turn` is the field that names the device, where
    requests for one device have to be done in the order they came."""

    serve: Callable[..., Steps[Response] | Response]  # (application, request of the row's type)
    turn: str = ""


def serve(application: Application, request: Service) -> Steps[Response] | Response:
    """The response to a request, or the steps to it; raises Refused."""
    row = SERVICES.get(type(request))
    if row is None:
        raise ServiceNotSupported
    return row.serve(application, request)


def turn_of(request: Service) -> str | None:
    """Under which name the request waits for those before it; None: it does not."""
    row = SERVICES.get(type(request))
    if row is None or not row.turn:
        return None
    subject = getattr(request, row.turn)
    device = subject.device_id if isinstance(subject, ConnectionId) else subject
    return None if device is None else meant.named(device)


def _get_features(application: Application, request: GetCSTAFeatures) -> Steps[GetCSTAFeaturesResponse]:
    missing = yield from system.lacking(application, request.line)
    return system.honest(announce(SERVICES, EVENTS, missing))


SERVICES: dict[type[Service], Row] = {
    GetCSTAFeatures: Row(_get_features),
    SystemRegister: Row(system.system_register),
    SystemRegisterCancel: Row(system.system_register_cancel),
    RequestSystemStatus: Row(system.request_system_status),
    SystemStatus: Row(system.system_status),
    MonitorStart: Row(devices.monitor_start),
    MonitorStop: Row(system.monitor_stop),
    SnapshotCall: Row(devices.snapshot_of_call),
    SnapshotDevice: Row(devices.snapshot_device),
    AlternateCall: Row(two_calls.alternate_call, turn="active_call"),
    AnswerCall: Row(calls.answer_call, turn="call_to_be_answered"),
    ClearCall: Row(calls.clear_call, turn="call_to_be_cleared"),
    ClearConnection: Row(calls.clear_connection, turn="connection_to_be_cleared"),
    ConferenceCall: Row(two_calls.conference_call, turn="active_call"),
    ConsultationCall: Row(two_calls.consultation_call, turn="existing_call"),
    DeflectCall: Row(calls.deflect_call, turn="call_to_be_diverted"),
    DirectedPickupCall: Row(calls.directed_pickup_call, turn="requesting_device"),
    GroupPickupCall: Row(calls.group_pickup_call, turn="new_destination"),
    HoldCall: Row(calls.hold_call, turn="call_to_be_held"),
    MakeCall: Row(calls.make_call, turn="calling_device"),
    ParkCall: Row(calls.park_call, turn="parking"),
    ReconnectCall: Row(two_calls.reconnect_call, turn="active_call"),
    RetrieveCall: Row(calls.retrieve_call, turn="call_to_be_retrieved"),
    SingleStepTransferCall: Row(two_calls.single_step_transfer_call, turn="active_call"),
    TransferCall: Row(two_calls.transfer_call, turn="active_call"),
    GenerateDigits: Row(calls.generate_digits, turn="connection_to_send_digits"),
    GetMessageWaitingIndicator: Row(devices.get_message_waiting, turn="device"),
    SetMessageWaitingIndicator: Row(devices.set_message_waiting, turn="device"),
    GetDoNotDisturb: Row(devices.get_do_not_disturb, turn="device"),
    GetForwarding: Row(devices.get_forwarding, turn="device"),
    SetDoNotDisturb: Row(devices.set_do_not_disturb, turn="device"),
    SetForwarding: Row(devices.set_forwarding, turn="device"),
}
