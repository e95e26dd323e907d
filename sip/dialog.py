"""A dialog: tags, sequence numbers, route set and remote target (RFC 3261 §12).

What the peer gave (URIs, routes, tags) is kept byte for byte and put back as it was. Builds requests within
the dialog; does not send them and knows neither transactions nor CSTA.
"""

from __future__ import annotations

from .flow import Flow, Target, Transport
from .headers import is_loose, is_uri, parse_sip_uri, split_values, uri_of
from .session_timer import SessionTimer
from .timers import Deadline

_DEFAULT_PORT = {Transport.TCP: 5060, Transport.UDP: 5060, Transport.TLS: 5061}


class Dialog:
    """One dialog, as UAS or as UAC. `ended` is set once and for all.

    `local` and `remote` are the whole From and To values of our requests, `contact` our own Contact value;
    `inviting` says that an INVITE within the dialog waits for our answer, `inviting_peer` that one of ours
    waits for the peer's; `unacknowledged` is the 2xx of ours that waits for its ACK, `last_ack` the ACK we
    sent last; `answers` that the peer is one that answers our INFO; `doomed` says why nothing but BYE is
    served any more, empty while all is well; `owner` is the application's.
    """

    __slots__ = (
        "_tail",
        "_uri",
        "answers",
        "call_id",
        "confirmed",
        "contact",
        "doomed",
        "ended",
        "flow",
        "inviting",
        "inviting_peer",
        "last_ack",
        "local",
        "local_cseq",
        "local_tag",
        "owner",
        "refreshed",
        "remote",
        "remote_cseq",
        "remote_tag",
        "restarts",
        "routes",
        "target",
        "timer",
        "unacknowledged",
        "user_agent",
        "watch",
    )

    def __init__(
        self,
        *,
        call_id: bytes,
        local: bytes,
        local_tag: bytes,
        remote: bytes,
        remote_tag: bytes,
        target: bytes,
        routes: tuple[bytes, ...],
        contact: bytes,
        flow: Flow,
    ) -> None:
        self.call_id = call_id
        self.local = local
        self.local_tag = local_tag
        self.remote = remote
        self.remote_tag = remote_tag
        self.target = target
        self.routes = routes
        self.contact = contact
        self.flow = flow
        self.local_cseq = 0
        self.remote_cseq = -1
        self.restarts = False
        self.timer: SessionTimer | None = None
        self.watch: Deadline | None = None
        self.refreshed = 0.0
        self.confirmed = False
        self.inviting = False
        self.inviting_peer = False
        self.answers = False
        self.doomed = ""
        self.ended = False
        self.unacknowledged = b""
        self.last_ack = b""
        self.user_agent = b""
        self.owner: object = None
        self._tail = b""
        self._uri = b""

    def set_target(self, contact: bytes) -> None:
        """Take the peer's newest Contact, if it has a URI, as the remote target (RFC 3261 §12.2.1.2)."""
        target = uri_of(contact)
        if target != self.target and is_uri(target):
            self.target = target
            self._tail = b""

    def may_restart(self) -> None:
        """The peer has sent an INVITE again: once after it, its numbers may begin anew (some clients' do)."""
        self.restarts = True

    def accepts_cseq(self, number: int) -> bool:
        """Whether a request with this number is in order; notes it (RFC 3261 §12.2.2)."""
        if number < self.remote_cseq:
            if not self.restarts:
                return False
            self.restarts = False
        self.remote_cseq = number
        return True

    def next_cseq(self) -> int:
        """The number of our next request."""
        self.local_cseq += 1
        return self.local_cseq

    def compose(self, method: bytes, via: bytes, cseq: int, headers: bytes = b"", body: bytes = b"") -> bytes:
        """A request within the dialog, in bytes (RFC 3261 §12.2.1.1); `headers` are whole lines with CRLF."""
        if not self._tail:
            self._prepare()
        return b"%s %s SIP/2.0\r\nVia: %s\r\n%sCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s" % (
            method,
            self._uri,
            via,
            self._tail,
            cseq,
            method,
            headers,
            len(body),
            body,
        )

    def next_hop(self) -> Target | None:
        """Where a request has to go when no flow of the dialog is left; None where nothing names a host."""
        uri = parse_sip_uri(uri_of(self.routes[0]) if self.routes else self.target)
        if uri is None or not (uri.host or uri.parameter(b"maddr")):
            return None
        named = (uri.parameter(b"transport") or b"").decode("ascii", "replace").lower()
        transport = Transport(named) if named in set(Transport) else self.flow.transport
        if uri.secure:
            transport = Transport.TLS
        host = (uri.parameter(b"maddr") or uri.host).decode("ascii", "replace").strip("[]")
        return Target(transport, host, uri.port or _DEFAULT_PORT[transport])

    def _prepare(self) -> None:
        """Fix what every request has alike; a strict first router becomes the Request-URI (§12.2.1.1)."""
        first = uri_of(self.routes[0]) if self.routes else b""
        if not is_uri(first) or is_loose(self.routes[0]):
            self._uri, routes = self.target, self.routes
        else:
            self._uri, routes = first, (*self.routes[1:], b"<" + self.target + b">")
        self._tail = b"%sMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nContact: %s\r\n" % (
            b"".join(b"Route: %s\r\n" % route for route in routes),
            self.local,
            self.remote,
            self.call_id,
            self.contact,
        )


def route_set(record_routes: list[bytes]) -> tuple[bytes, ...]:
    """The route set out of Record-Route lines, verbatim, in the order they came (RFC 3261 §12.1.1)."""
    return tuple(route for line in record_routes for route in split_values(line))
