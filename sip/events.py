"""What the endpoint tells the application: values, one class per thing that can happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .dialog import Dialog
from .flow import Flow
from .message import Response
from .server_transaction import ServerTransaction


class EndReason(StrEnum):
    """Why a dialog is over without our doing."""

    BYE = "bye"
    TIMER = "timer"
    PEER_LOST = "peer_lost"
    NO_ACK = "no_ack"


@dataclass(slots=True)
class InviteReceived:
    """An INVITE that would open a dialog: answer it with `Agent.accept` or `Agent.reject`."""

    transaction: ServerTransaction


@dataclass(slots=True)
class InviteCancelled:
    """The INVITE was cancelled before we answered; 487 has been sent (RFC 3261 §9.2)."""

    transaction: ServerTransaction


@dataclass(slots=True)
class RefreshReceived:
    """An INVITE within a dialog: answer it with `Agent.accept_refresh` or `Agent.reject`."""

    dialog: Dialog
    transaction: ServerTransaction


@dataclass(slots=True)
class InfoReceived:
    """An INFO within a dialog: answer it with `Agent.respond` or `Agent.reject`."""

    dialog: Dialog
    transaction: ServerTransaction


@dataclass(slots=True)
class OptionsReceived:
    """An OPTIONS, within a dialog or not: answer it with `Agent.respond` or `Agent.reject`."""

    transaction: ServerTransaction


@dataclass(slots=True)
class DialogEnded:
    """The dialog is over; nothing more can be sent in it. `text` is the Reason of the peer's BYE, if any."""

    dialog: Dialog
    reason: EndReason
    text: str = ""


@dataclass(slots=True)
class InviteAnswered:
    """The final answer to an INVITE of ours (None: none came); for a 2xx there is `dialog`, ACK was sent."""

    token: object
    response: Response | None
    dialog: Dialog | None


@dataclass(slots=True)
class RequestAnswered:
    """The final answer to another request of ours (None: none came within 64*T1 or the flow was lost)."""

    dialog: Dialog
    token: object
    response: Response | None


@dataclass(slots=True)
class MessageRefused:
    """A message that could not be served, and what was answered (0: nothing could be)."""

    flow: Flow
    status: int
    text: str


Event = (
    InviteReceived
    | InviteCancelled
    | RefreshReceived
    | InfoReceived
    | OptionsReceived
    | DialogEnded
    | InviteAnswered
    | RequestAnswered
    | MessageRefused
)
