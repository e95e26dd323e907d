"""What a link wants done: values that the pure core returns and the shell carries out, in their order."""

from dataclasses import dataclass
from typing import TypeAlias

from csta_xml import Event, MonitorCrossRefId, SystemStatusValue
from ctimgr_client.failures import LinkDown
from ctimgr_client.listener import Answer, Reply
from ctimgr_client.status import LinkState


@dataclass(frozen=True, slots=True)
class Send:
    """Write one frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """The application session stands: the link is up for the first and only time."""

    state: LinkState


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The CTIManager moved between full and partial service."""

    state: LinkState


@dataclass(frozen=True, slots=True)
class StatusReported:
    """The CTIManager says how it is, in its own words."""

    status: SystemStatusValue


@dataclass(frozen=True, slots=True)
class MonitorEnded:
    """The CTIManager stopped a monitor by itself: the device is not ours to watch any more."""

    reference: MonitorCrossRefId


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event for whoever set the monitor."""

    event: Event


@dataclass(frozen=True, slots=True)
class Answered:
    """Call `reply` with the answer; if it comes from `Link.request`, then later, not from within it."""

    reply: Reply
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document could not be decoded; the link lives."""

    problem: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The link is over: all that is `unanswered` gets an error, then the owner is told the cause."""

    cause: LinkDown
    unanswered: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection, whatever is still unsent."""


@dataclass(frozen=True, slots=True)
class Wake:
    """Call `Link.wake` at this time; replaces an earlier wish."""

    at: float


Effect: TypeAlias = (
    Send
    | Opened
    | StateChanged
    | StatusReported
    | MonitorEnded
    | Arrived
    | Answered
    | Unreadable
    | Lost
    | Close
    | Wake
)
