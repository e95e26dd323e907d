"""A fact as the event that one monitored appearance gets of it.

What differs from viewer to viewer: localConnectionInfo is the state of its own leg, and a line that is
meant as a whole is shown as the viewer's own appearance of it. Here is who sees what, and what is no call;
calls are in call_views, transfers and conferences in merge_views.
"""

from csta_xml import (
    BackInServiceEvent,
    DoNotDisturbEvent,
    Event,
    ForwardingEvent,
    ForwardingType,
    LocalConnectionState,
    MessageWaitingEvent,
    MonitorCrossRefId,
    OutOfServiceEvent,
)
from ctimgr_client.serving.call_views import CALL_VIEWS
from ctimgr_client.serving.facts import (
    CallFact,
    DoNotDisturbFact,
    ForwardingFact,
    Kind,
    MergeFact,
    MessageWaitingFact,
    ServiceFact,
    VisibleFact,
)
from ctimgr_client.serving.merge_views import merge_view
from ctimgr_client.serving.parties import Viewer

Ref = MonitorCrossRefId
Local = LocalConnectionState | None
Seen = tuple[Viewer, Local]

#: Features answers spell one event otherwise than monitor filters do.
_IN_FEATURES = {Kind.NETWORK_REACHED: "netwReached"}

#: Every event there is, by the name of its list in a features answer.
EVENTS: dict[str, tuple[str, ...]] = {
    "callControlEvtsList": tuple(_IN_FEATURES.get(kind, str(kind)) for kind in Kind),
    "physDevEvtsList": ("messageWaiting",),
    "logicalEvtsList": ("doNotDisturb", "forwarding"),
    "deviceMaintEvtsList": ("backInService", "outOfService"),
}


def flag(fact: VisibleFact) -> str:
    """The event's name in monitor filters."""
    match fact:
        case CallFact() | MergeFact():
            return fact.kind
        case ForwardingFact():
            return "forwarding"
        case DoNotDisturbFact():
            return "doNotDisturb"
        case MessageWaitingFact():
            return "messageWaiting"
        case ServiceFact():
            return "backInService" if fact.in_service else "outOfService"


def viewers(fact: VisibleFact) -> tuple[Seen, ...]:
    """The appearances whose monitors get this fact, with their own leg's state."""
    return fact.seen_by if isinstance(fact, CallFact | MergeFact) else ((fact.appearance, None),)


def view(fact: VisibleFact, ref: Ref, viewer: Viewer, local: Local) -> Event:
    """The event for one monitor."""
    match fact:
        case CallFact():
            return CALL_VIEWS[fact.kind](fact, ref, viewer, local)
        case MergeFact():
            return merge_view(fact, ref, viewer, local)
        case ForwardingFact():
            return _forwarding(fact, ref)
        case DoNotDisturbFact():
            return _do_not_disturb(fact, ref)
        case MessageWaitingFact():
            return _message_waiting(fact, ref)
        case ServiceFact():
            return _service(fact, ref)


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


def _do_not_disturb(fact: DoNotDisturbFact, ref: Ref) -> Event:
    return DoNotDisturbEvent(
        monitor_cross_ref_id=ref, device=fact.appearance.device_id, do_not_disturb_on=fact.on
    )


def _message_waiting(fact: MessageWaitingFact, ref: Ref) -> Event:
    return MessageWaitingEvent(
        monitor_cross_ref_id=ref,
        target_device=fact.appearance.device_id,
        device_for_message=fact.message_for,
        message_waiting_on=fact.on,
    )
