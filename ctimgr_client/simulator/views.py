"""A fact of the cluster as the CSTA event that one monitored appearance gets of it (ECMA-269 §17.2).

One function per kind of fact. What differs from viewer to viewer: localConnectionInfo is the state of its
own leg, and a line that is meant as a whole is shown as the viewer's own appearance of it.
"""

from collections.abc import Callable

from csta_xml import (
    Absent,
    BackInServiceEvent,
    ConnectionClearedEvent,
    ConnectionId,
    DeliveredEvent,
    DeviceId,
    DivertedEvent,
    EstablishedEvent,
    Event,
    FailedEvent,
    ForwardingEvent,
    ForwardingType,
    HeldEvent,
    LocalConnectionState,
    MonitorCrossRefId,
    OriginatedEvent,
    OutOfServiceEvent,
    RetrievedEvent,
    ServiceInitiatedEvent,
)
from ctimgr_client.simulator.calls import Subject
from ctimgr_client.simulator.facts import CallFact, Fact, ForwardingFact, Kind, ServiceFact
from ctimgr_client.simulator.phones import Appearance

Ref = MonitorCrossRefId
Local = LocalConnectionState | None
Seen = tuple[Appearance, Local]

#: Every event there is, by the name of its list in a features answer.
EVENTS: dict[str, tuple[str, ...]] = {
    "callControlEvtsList": tuple(Kind),
    "logicalEvtsList": ("forwarding",),
    "deviceMaintEvtsList": ("backInService", "outOfService"),
}


def flag(fact: Fact) -> str:
    """The event's name in monitor filters and features answers."""
    if isinstance(fact, CallFact):
        return fact.kind
    if isinstance(fact, ForwardingFact):
        return "forwarding"
    return "backInService" if fact.in_service else "outOfService"


def viewers(fact: Fact) -> tuple[Seen, ...]:
    """The appearances whose monitors get this fact, with their own leg's state."""
    return fact.seen_by if isinstance(fact, CallFact) else ((fact.appearance, None),)


def view(fact: Fact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    """The event for one monitor."""
    if isinstance(fact, CallFact):
        return _CALL_VIEWS[fact.kind](fact, ref, viewer, local)
    return _forwarding(fact, ref) if isinstance(fact, ForwardingFact) else _service(fact, ref)


def _id(subject: Subject, viewer: Appearance) -> DeviceId:
    return viewer.device_id if subject is viewer.line else subject.device_id


def _redirection(fact: CallFact, viewer: Appearance) -> DeviceId | Absent:
    return Absent.NOT_REQUIRED if fact.redirection is None else _id(fact.redirection, viewer)


def _service_initiated(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return ServiceInitiatedEvent(
        monitor_cross_ref_id=ref,
        initiated_connection=ConnectionId(fact.call_id, device),
        initiating_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _originated(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    return OriginatedEvent(
        monitor_cross_ref_id=ref,
        originated_connection=ConnectionId(fact.call_id, _id(fact.subject, viewer)),
        calling_device=_id(fact.calling, viewer),
        called_device=_id(fact.called, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _delivered(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return DeliveredEvent(
        monitor_cross_ref_id=ref,
        connection=ConnectionId(fact.call_id, device),
        alerting_device=device,
        calling_device=_id(fact.calling, viewer),
        called_device=_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _established(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return EstablishedEvent(
        monitor_cross_ref_id=ref,
        established_connection=ConnectionId(fact.call_id, device),
        answering_device=device,
        calling_device=_id(fact.calling, viewer),
        called_device=_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _held(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return HeldEvent(
        monitor_cross_ref_id=ref,
        held_connection=ConnectionId(fact.call_id, device),
        holding_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _retrieved(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return RetrievedEvent(
        monitor_cross_ref_id=ref,
        retrieved_connection=ConnectionId(fact.call_id, device),
        retrieving_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _diverted(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device, target = _id(fact.subject, viewer), fact.new_destination
    return DivertedEvent(
        monitor_cross_ref_id=ref,
        connection=ConnectionId(fact.call_id, device),
        diverting_device=device,
        new_destination=Absent.NOT_KNOWN if target is None else _id(target, viewer),
        calling_device=_id(fact.calling, viewer),
        called_device=_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _failed(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return FailedEvent(
        monitor_cross_ref_id=ref,
        failed_connection=ConnectionId(fact.call_id, device),
        failing_device=device,
        calling_device=_id(fact.calling, viewer),
        called_device=_id(fact.called, viewer),
        last_redirection_device=_redirection(fact, viewer),
        local_connection_info=local,
        cause=fact.cause,
    )


def _connection_cleared(fact: CallFact, ref: Ref, viewer: Appearance, local: Local) -> Event:
    device = _id(fact.subject, viewer)
    return ConnectionClearedEvent(
        monitor_cross_ref_id=ref,
        dropped_connection=ConnectionId(fact.call_id, device),
        releasing_device=device,
        local_connection_info=local,
        cause=fact.cause,
    )


def _forwarding(fact: ForwardingFact, ref: Ref) -> Event:
    return ForwardingEvent(
        monitor_cross_ref_id=ref,
        device=fact.appearance.device_id,
        forwarding_type=ForwardingType.IMMEDIATE,
        forward_status=fact.target is not None,
        forward_to=None if fact.target is None else fact.target.number,
    )


def _service(fact: ServiceFact, ref: Ref) -> Event:
    event = BackInServiceEvent if fact.in_service else OutOfServiceEvent
    return event(monitor_cross_ref_id=ref, device=fact.appearance.device_id)


_CALL_VIEWS: dict[Kind, Callable[[CallFact, Ref, Appearance, Local], Event]] = {
    Kind.SERVICE_INITIATED: _service_initiated,
    Kind.ORIGINATED: _originated,
    Kind.DELIVERED: _delivered,
    Kind.ESTABLISHED: _established,
    Kind.HELD: _held,
    Kind.RETRIEVED: _retrieved,
    Kind.DIVERTED: _diverted,
    Kind.FAILED: _failed,
    Kind.CONNECTION_CLEARED: _connection_cleared,
}
