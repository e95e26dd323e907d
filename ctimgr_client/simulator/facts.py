"""What happened in the cluster, once, in the cluster's own words.

A fact carries who can see it and the state of that appearance at that very moment, so it can be shown
later, to any number of monitors and through any CTIManager. How it looks as a CSTA event is in views.
"""

from dataclasses import dataclass
from enum import StrEnum

from csta_xml import CallId, LocalConnectionState
from ctimgr_client.simulator.calls import Subject
from ctimgr_client.simulator.phones import Appearance, Destination, Endpoint

SeenBy = tuple[tuple[Appearance, LocalConnectionState], ...]


class Kind(StrEnum):
    """Call facts; the value is how features answers and monitor filters spell the event."""

    SERVICE_INITIATED = "serviceInitiated"
    ORIGINATED = "originated"
    DELIVERED = "delivered"
    ESTABLISHED = "established"
    HELD = "held"
    RETRIEVED = "retrieved"
    DIVERTED = "diverted"
    FAILED = "failed"
    CONNECTION_CLEARED = "connectionCleared"


@dataclass(frozen=True, slots=True)
class CallFact:
    """Something happened to `subject`'s connection of a call."""

    kind: Kind
    call_id: CallId
    subject: Subject
    calling: Endpoint
    called: Destination
    redirection: Destination | None
    cause: str
    seen_by: SeenBy
    new_destination: Destination | None = None


@dataclass(frozen=True, slots=True)
class ForwardingFact:
    """Unconditional forwarding of an appearance's line was set (`target`) or taken away (None)."""

    appearance: Appearance
    target: Destination | None


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """An appearance came into service or went out of it."""

    appearance: Appearance
    in_service: bool


Fact = CallFact | ForwardingFact | ServiceFact
