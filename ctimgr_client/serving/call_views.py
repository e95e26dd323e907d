"""What happened to one connection of a call, as the CSTA event that one viewer gets (ECMA-269 §17.2).

One function per kind of fact; `CALL_VIEWS` finds it. A line that is meant as a whole is shown as the
viewer's own appearance of it.
"""

from collections.abc import Callable

from csta_xml import (
    Absent,
    BridgedEvent,
    CallClearedEvent,
    ConnectionClearedEvent,
    ConnectionId,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    HeldEvent,
    LocalConnectionState,
    MonitorCrossRefId,
    NetworkReachedEvent,
    OriginatedEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
)
from ctimgr_client.serving.facts import CallFact, Kind
from ctimgr_client.serving.parties import Party, Viewer

Ref = MonitorCrossRefId
Local = LocalConnectionState | None


def device_id(subject: Party, viewer: Viewer) -> DeviceId:
    return viewer.device_id if subject == viewer.line else subject.device_id


def _redirection(fact: CallFact, viewer: Viewer) -> DeviceId | Absent:
    return Absent.NOT_REQUIRED if fact.redirection is None else device_id(fact.redirection, viewer)


def _service_initiated(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return ServiceInitiatedEvent(
        monitor_cross_ref_id=ref,
        initiated_connection=ConnectionId(fact.call_id, device),
        initiating_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _originated(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    return OriginatedEvent(
        monitor_cross_ref_id=ref,
        originated_connection=ConnectionId(fact.call_id, device_id(fact.subject, viewer)),
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _delivered(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return DeliveredEvent(
        monitor_cross_ref_id=ref,
        connection=ConnectionId(fact.call_id, device),
        alerting_device=device,
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _established(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return EstablishedEvent(
        monitor_cross_ref_id=ref,
        established_connection=ConnectionId(fact.call_id, device),
        answering_device=device,
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _held(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return HeldEvent(
        monitor_cross_ref_id=ref,
        held_connection=ConnectionId(fact.call_id, device),
        holding_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _retrieved(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return RetrievedEvent(
        monitor_cross_ref_id=ref,
        retrieved_connection=ConnectionId(fact.call_id, device),
        retrieving_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _diverted(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device, target = device_id(fact.subject, viewer), fact.new_destination
    return DivertedEvent(
        monitor_cross_ref_id=ref,
        connection=ConnectionId(fact.call_id, device),
        diverting_device=device,
        new_destination=Absent.NOT_KNOWN if target is None else device_id(target, viewer),
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _failed(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return FailedEvent(
        monitor_cross_ref_id=ref,
        failed_connection=ConnectionId(fact.call_id, device),
        failing_device=device,
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _connection_cleared(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return ConnectionClearedEvent(
        monitor_cross_ref_id=ref,
        dropped_connection=ConnectionId(fact.call_id, device),
        releasing_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _network_reached(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    return NetworkReachedEvent(
        monitor_cross_ref_id=ref,
        outbound_connection=ConnectionId(fact.call_id, device_id(fact.subject, viewer)),
        network_interface_used=Absent.NOT_KNOWN,
        calling_device=device_id(fact.calling, viewer),
        called_device=device_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _bridged(fact: CallFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    device = device_id(fact.subject, viewer)
    return BridgedEvent(
        monitor_cross_ref_id=ref,
        bridged_connection=ConnectionId(fact.call_id, device),
        bridged_appearance=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _call_cleared(fact: CallFact, ref: Ref, _viewer: Viewer, _local: Local) -> Event:
    return CallClearedEvent(
        monitor_cross_ref_id=ref, cleared_call=ConnectionId(fact.call_id, None), cause=fact.cause
    )


CALL_VIEWS: dict[Kind, Callable[[CallFact, Ref, Viewer, Local], Event]] = {
    Kind.SERVICE_INITIATED: _service_initiated,
    Kind.ORIGINATED: _originated,
    Kind.NETWORK_REACHED: _network_reached,
    Kind.DELIVERED: _delivered,
    Kind.ESTABLISHED: _established,
    Kind.BRIDGED: _bridged,
    Kind.HELD: _held,
    Kind.RETRIEVED: _retrieved,
    Kind.DIVERTED: _diverted,
    Kind.FAILED: _failed,
    Kind.CONNECTION_CLEARED: _connection_cleared,
    Kind.CALL_CLEARED: _call_cleared,
}
