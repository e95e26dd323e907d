"""Services about a line appearance: monitors, snapshots, what it can do, and what a user sets on a phone.

Forwarding of all calls and do not disturb are as JTAPI has them: the one belongs to the line, the other to
the whole device.
"""

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
from ctimgr_client.jtapi import meant
from ctimgr_client.jtapi.application import Application
from ctimgr_client.jtapi.errands import Steps
from ctimgr_client.jtapi.refusals import ALREADY_FORWARDED, NotControllable
from ctimgr_client.jtapi.snapshots import snapshot, snapshot_call
from ctimgr_client.jtapi.telephony import JtapiFailure, TerminalFacts
from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidForwardingDestination,
    InvalidMonitorObject,
    InvalidParameterValue,
    ServiceNotSupported,
)


def monitor_start(application: Application, request: MonitorStart) -> Steps[MonitorStartResponse]:
    """Also for a phone that is not in service: its return is an event."""
    if isinstance(request.monitor_object, ConnectionId):
        raise InvalidMonitorObject
    kept_back = request.requested_monitor_filter
    where = yield from meant.appearance(application, request.monitor_object)
    monitor = yield from application.watch(
        where, kept_back or frozenset(), of_calls=request.monitor_type is MonitorType.CALL
    )
    return MonitorStartResponse(monitor_cross_ref_id=monitor.ref, actual_monitor_filter=kept_back)


def snapshot_device(application: Application, request: SnapshotDevice) -> Steps[SnapshotDeviceResponse]:
    """Of a line that nobody has open, calls are not known. A device that is not there is said to be so."""
    switch = application.switch
    where = yield from meant.appearance(application, request.snapshot_object)
    calls = snapshot(switch.tracker, where)
    if not calls:
        facts = yield from switch.ask(lambda library: library.facts(where.device))
        _require_there(facts, where.device, is_open=switch.lines.is_open(where))
        calls = snapshot(switch.tracker, where)
    return SnapshotDeviceResponse(snapshot=calls)


def snapshot_of_call(application: Application, request: SnapshotCall) -> Steps[SnapshotCallResponse]:
    leg = yield from meant.leg(application, request.snapshot_object, meant.TO_HANG_UP)
    return snapshot_call(application.switch.tracker, leg.where, leg.call.id)


def _require_there(facts: TerminalFacts, name: str, *, is_open: bool) -> None:
    """CTI opens a device for the first observer: before, that it is not in service says nothing of it."""
    if not facts.controllable:
        raise NotControllable(name, facts.type_name)
    if facts.registered is False or facts.restricted or (is_open and facts.in_service is False):
        raise DeviceOutOfService(f"{name} is {'restricted' if facts.restricted else 'not registered'}")


# -- what a user sets --------------------------------------------------------------------------------------


def get_forwarding(application: Application, request: GetForwarding) -> Steps[GetForwardingResponse]:
    where = yield from meant.appearance(application, request.device)
    target = yield from application.switch.ask(lambda library: library.forwarding(where.line))
    item = ForwardListItem(
        forwarding_type=ForwardingType.IMMEDIATE,
        forward_status=bool(target),
        forward_dn=meant.named(target) if target else None,
    )
    return GetForwardingResponse(forwarding_list=(item,))


def set_forwarding(application: Application, request: SetForwarding) -> Steps[SetForwardingResponse]:
    if request.forwarding_type not in (None, ForwardingType.IMMEDIATE):
        raise ServiceNotSupported("only all calls can be forwarded")
    target = ""
    if request.activate_forward:
        if request.forward_dn is None:
            raise InvalidParameterValue
        target = meant.number(request.forward_dn, InvalidForwardingDestination)
    where = yield from meant.appearance(application, request.device)
    try:
        yield from application.switch.ask(lambda library: library.set_forwarding(where.line, target))
    except JtapiFailure as failure:
        if failure.code != ALREADY_FORWARDED:
            raise
    return SetForwardingResponse()


def get_do_not_disturb(application: Application, request: GetDoNotDisturb) -> Steps[GetDoNotDisturbResponse]:
    where = yield from meant.appearance(application, request.device)
    is_on = yield from application.switch.ask(lambda library: library.do_not_disturb(where.device))
    return GetDoNotDisturbResponse(do_not_disturb_on=is_on)


def set_do_not_disturb(application: Application, request: SetDoNotDisturb) -> Steps[SetDoNotDisturbResponse]:
    if request.call_origination or request.calling_device_list:
        raise InvalidParameterValue("do not disturb is against all callers or none")
    where = yield from meant.appearance(application, request.device)
    yield from application.use(where)
    is_on = request.do_not_disturb_on
    yield from application.switch.ask(lambda library: library.set_do_not_disturb(where.device, on=is_on))
    return SetDoNotDisturbResponse()


def get_message_waiting(
    application: Application, request: GetMessageWaitingIndicator
) -> Steps[GetMessageWaitingIndicatorResponse]:
    where = yield from meant.appearance(application, request.device)
    is_on = yield from application.switch.ask(lambda library: library.message_waiting(where.line))
    return GetMessageWaitingIndicatorResponse(message_waiting_on=is_on)


def set_message_waiting(
    application: Application, request: SetMessageWaitingIndicator
) -> Steps[SetMessageWaitingIndicatorResponse]:
    where = yield from meant.appearance(application, request.device)
    is_on = request.message_waiting_on
    yield from application.switch.ask(lambda library: library.set_message_waiting(where.line, on=is_on))
    return SetMessageWaitingIndicatorResponse()
