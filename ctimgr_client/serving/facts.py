"""What happened at the telephones, once, whoever looks at it.

A fact carries who can see it and the state of that appearance at that very moment, so it can be shown
later, to any number of monitors and over any connection. How it looks as a CSTA event is in views.
"""

from dataclasses import dataclass
from enum import StrEnum

from csta_xml import CallId, DeviceId, LocalConnectionState
from ctimgr_client.serving.parties import Destination, Party, Viewer

SeenBy = tuple[tuple[Viewer, LocalConnectionState], ...]


class Kind(StrEnum):
    """Call facts; the value is how monitor filters spell the event."""

    SERVICE_INITIATED = "serviceInitiated"
    ORIGINATED = "originated"
    NETWORK_REACHED = "networkReached"
    DELIVERED = "delivered"
    ESTABLISHED = "established"
    BRIDGED = "bridged"
    HELD = "held"
    RETRIEVED = "retrieved"
    DIVERTED = "diverted"
    FAILED = "failed"
    TRANSFERRED = "transferred"
    CONFERENCED = "conferenced"
    CONNECTION_CLEARED = "connectionCleared"
    CALL_CLEARED = "callCleared"


@dataclass(frozen=True, slots=True)
class CallFact:
    """Something happened to `subject`'s connection of a call."""

    kind: Kind
    call_id: CallId
    subject: Party
    calling: Party
    called: Party
    redirection: Party | None
    cause: str
    seen_by: SeenBy
    new_destination: Party | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One party of a call that came out of others, and the call it was on before."""

    subject: Party
    old_call: CallId | None


@dataclass(frozen=True, slots=True)
class MergeFact:
    """A transfer or conference: `call_id` is the call that goes on, `secondary` the one that went into it."""

    kind: Kind
    call_id: CallId
    secondary: CallId | None
    controller: Viewer
    added: Party
    parties: tuple[Member, ...]
    cause: str
    seen_by: SeenBy


@dataclass(frozen=True, slots=True)
class ForwardingFact:
    """Unconditional forwarding of an appearance's line was set (`target`) or taken away (None)."""

    appearance: Viewer
    target: Destination | None


@dataclass(frozen=True, slots=True)
class DoNotDisturbFact:
    """The device of an appearance wants to be disturbed no more, or again."""

    appearance: Viewer
    on: bool


@dataclass(frozen=True, slots=True)
class MessageWaitingFact:
    """A message waits for the line of an appearance, or no longer does."""

    appearance: Viewer
    on: bool
    message_for: DeviceId | None


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """An appearance came into service or went out of it."""

    appearance: Viewer
    in_service: bool


@dataclass(frozen=True, slots=True)
class RemovedFact:
    """What was an appearance is none any more: the line has left the device."""

    appearance: Viewer


@dataclass(frozen=True, slots=True)
class StatusFact:
    """A node failed, or the last one that was missing came back (`complete`)."""

    complete: bool


DeviceFact = ForwardingFact | DoNotDisturbFact | MessageWaitingFact | ServiceFact
VisibleFact = CallFact | MergeFact | DeviceFact  # somebody at an appearance sees it
Fact = VisibleFact | RemovedFact | StatusFact
