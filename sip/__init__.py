"""A SIP endpoint (RFC 3261) for long dialogs that carry INFO; what the bodies mean is not its matter."""

from .agent import Agent
from .core import Settings
from .dialog import Dialog
from .events import (
    DialogEnded,
    EndReason,
    Event,
    InfoReceived,
    InviteAnswered,
    InviteCancelled,
    InviteReceived,
    MessageRefused,
    OptionsReceived,
    RefreshReceived,
    RequestAnswered,
)
from .flow import Flow, Target, Transport
from .framer import Fault, Frame, Framer, Limits, Ping
from .headers import SipUri, parse_sip_uri, uri_of
from .limits import TransportLimits
from .message import NotSip, Request, Response, parse
from .server_transaction import ServerTransaction
from .tls import TlsContexts
from .transport import Endpoint, ListenAddress
from .uac import Invitation

__all__ = [
    "Agent",
    "Dialog",
    "DialogEnded",
    "EndReason",
    "Endpoint",
    "Event",
    "Fault",
    "Flow",
    "Frame",
    "Framer",
    "InfoReceived",
    "Invitation",
    "InviteAnswered",
    "InviteCancelled",
    "InviteReceived",
    "Limits",
    "ListenAddress",
    "MessageRefused",
    "NotSip",
    "OptionsReceived",
    "Ping",
    "RefreshReceived",
    "Request",
    "RequestAnswered",
    "Response",
    "ServerTransaction",
    "Settings",
    "SipUri",
    "Target",
    "TlsContexts",
    "Transport",
    "TransportLimits",
    "parse",
    "parse_sip_uri",
    "uri_of",
]
