"""The client side of the endpoint: requests of ours and their answers (RFC 3261 §8.1, §12.2.1, §13.2).

INVITE is there for the bundled client; the gateway itself sends INFO, UPDATE and BYE within dialogs.
"""

from __future__ import annotations

from dataclasses import dataclass

from .client_transaction import ClientTransaction
from .core import Core
from .dialog import Dialog, route_set
from .events import EndReason, InviteAnswered, RequestAnswered
from .flow import Flow
from .headers import branch_of, tag_of
from .lifetime import Lifetime
from .message import Response
from .session_timer import agreed

#: Bytes; a longer request must not go as a datagram where a stream can be had (RFC 3261 §18.1.1).
LARGEST_DATAGRAM = 1300
#: Requests that refresh a session and its remote target (RFC 3261 §12.2, RFC 3311, RFC 4028).
_REFRESHING = (b"INVITE", b"UPDATE")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an INVITE of ours says. `headers` are whole lines with CRLF, among them the Content-Type."""

    uri: bytes
    sender: bytes
    recipient: bytes
    call_id: bytes
    contact: bytes
    headers: bytes = b""
    body: bytes = b""


@dataclass(slots=True, eq=False)
class _Inviting:
    invitation: Invitation
    tag: bytes
    token: object
    request: bytes


@dataclass(slots=True, eq=False)
class _Within:
    dialog: Dialog
    token: object
    cseq: int


class Uac:
    """Sends requests and sorts the responses."""

    def __init__(self, core: Core, lifetime: Lifetime) -> None:
        self._core = core
        self._lifetime = lifetime

    def receive(self, response: Response, now: float) -> None:
        """Take one response; strays and repeats are dropped, a repeated 2xx to INVITE gets its ACK again."""
        cseq = response.cseq
        self._core.tally.response("in", cseq[1] if cseq else b"", response.status)
        if cseq is None or not response.vias:
            return
        branch = branch_of(response.vias[0])
        if self._core.client.receive(branch, cseq[1], response, now) is None and cseq[1] == b"INVITE":
            dialog = self._core.dialogs.get(tag_of(response.get(b"from")))
            if dialog is not None and dialog.last_ack and 200 <= response.status < 300:
                self._core.send(dialog.flow, dialog.last_ack)

    def invite(self, flow: Flow, invitation: Invitation, token: object, now: float) -> None:
        """Open a dialog; the answer comes as `InviteAnswered` with this token."""
        branch, tag = self._core.branch(), self._core.token()
        message = b"".join(
            (
                b"INVITE %s SIP/2.0\r\n" % invitation.uri,
                b"Via: %s%s\r\nMax-Forwards: 70\r\n" % (flow.via, branch),
                b"From: %s;tag=%s\r\nTo: %s\r\n" % (invitation.sender, tag, invitation.recipient),
                b"Call-ID: %s\r\nCSeq: 1 INVITE\r\n" % invitation.call_id,
                b"Contact: %s\r\nSupported: timer\r\n" % invitation.contact,
                invitation.headers,
                b"Content-Length: %d\r\n\r\n" % len(invitation.body),
                invitation.body,
            )
        )
        owner = _Inviting(invitation, tag, token, message)
        transaction = ClientTransaction(branch, b"INVITE", message, flow, owner, self._invite_answered)
        self._core.begin(transaction, now)

    def request(
        self,
        dialog: Dialog,
        method: bytes,
        now: float,
        *,
        headers: bytes = b"",
        body: bytes = b"",
        token: object = None,
    ) -> bool:
        """Send a request within a dialog; its answer comes as `RequestAnswered`. A BYE ends the dialog here
        at once.

        False where nothing was sent: the dialog is over, has no way to the peer, or too many requests wait
        already.
        """
        if dialog.ended or self._core.client.full:
            return False
        flow = self._core.flow_of(dialog)
        if flow is None:
            return False
        owner = _Within(dialog, token, dialog.next_cseq())
        dialog.inviting_peer = dialog.inviting_peer or method == b"INVITE"
        branch = self._core.branch()
        message = dialog.compose(method, flow.via + branch, owner.cseq, headers, body)
        transaction = ClientTransaction(branch, method, message, flow, owner, self._answered)
        if flow.reliable or len(message) <= LARGEST_DATAGRAM:
            self._core.begin(transaction, now)
        else:
            self._begin_large(transaction, owner, headers, body, now)
        if method == b"BYE":
            self._lifetime.end(dialog, None)
        return True

    def _begin_large(
        self, small: ClientTransaction, owner: _Within, headers: bytes, body: bytes, now: float
    ) -> None:
        """Send by a stream what does not fit a datagram; by the datagram after all where there is none."""
        core = self._core
        stream = core.stream_for(owner.dialog, now)
        if stream is None:
            core.begin(small, now)
            return
        branch = core.branch()
        message = owner.dialog.compose(small.method, stream.via + branch, owner.cseq, headers, body)

        def otherwise(at: float) -> None:
            core.begin(small, at)

        core.begin(
            ClientTransaction(branch, small.method, message, stream, owner, self._answered, otherwise), now
        )

    def _answered(self, transaction: ClientTransaction, response: Response | None, now: float) -> None:
        owner = transaction.owner
        assert isinstance(owner, _Within)  # noqa: S101 - set by request() above
        dialog = owner.dialog
        if transaction.method == b"INVITE":
            dialog.inviting_peer = False
        if response is not None:
            if transaction.method == b"INVITE":
                self._acknowledge(owner, transaction, response.status)
            if response.status < 300 and transaction.method in _REFRESHING and not dialog.ended:
                dialog.set_target(response.get(b"contact"))
                self._lifetime.refreshed(dialog, agreed(response), now)
        if owner.token is not None:
            self._core.events.append(RequestAnswered(dialog, owner.token, response))
        elif transaction.method == b"INFO":
            self._delivered(transaction, dialog, response, now)
        if response is not None and response.status == 481:
            self._lifetime.end(dialog, EndReason.PEER_LOST)

    def _delivered(
        self, transaction: ClientTransaction, dialog: Dialog, response: Response | None, now: float
    ) -> None:
        """An INFO that nobody asks after must not be lost unseen. Some peers never answer one; of theirs it
        is known only where the flow was cut with bytes unsent, or never reached them.
        """
        if response is not None:
            dialog.answers = dialog.answers or response.status < 300
        elif transaction.flow.closed and (
            dialog.answers or transaction.flow.cut or not transaction.flow.reached
        ):
            text = "an event may have been lost with its connection; INVITE again"
            self._lifetime.bye(dialog, EndReason.PEER_LOST, 480, text, now)

    def _invite_answered(self, transaction: ClientTransaction, response: Response | None, now: float) -> None:
        owner = transaction.owner
        assert isinstance(owner, _Inviting)  # noqa: S101 - set by invite() above
        dialog = None
        if response is not None and response.status < 300:
            dialog = self._open(owner, transaction.flow, response, now)
        elif response is not None:
            self._core.send(transaction.flow, _ack_of_refusal(owner.request, response))
        self._core.events.append(InviteAnswered(owner.token, response, dialog))

    def _open(self, owner: _Inviting, flow: Flow, response: Response, now: float) -> Dialog:
        invitation = owner.invitation
        dialog = Dialog(
            call_id=invitation.call_id,
            local=invitation.sender + b";tag=" + owner.tag,
            local_tag=owner.tag,
            remote=response.get(b"to"),
            remote_tag=tag_of(response.get(b"to")),
            target=invitation.uri,
            routes=tuple(reversed(route_set(response.lines(b"record-route")))),
            contact=invitation.contact,
            flow=flow,
        )
        dialog.local_cseq = 1
        dialog.set_target(response.get(b"contact"))
        self._lifetime.opened(dialog, agreed(response), now)
        self._send_ack(dialog, 1)
        return dialog

    def _acknowledge(self, owner: _Within, transaction: ClientTransaction, status: int) -> None:
        """ACK an INVITE within the dialog: a 2xx in a transaction of its own, a refusal in the INVITE's."""
        if status < 300:
            self._send_ack(owner.dialog, owner.cseq)
        else:
            flow = transaction.flow
            self._core.send(flow, owner.dialog.compose(b"ACK", flow.via + transaction.branch, owner.cseq))

    def _send_ack(self, dialog: Dialog, cseq: int) -> None:
        dialog.confirmed = True
        flow = self._core.flow_of(dialog)
        if flow is not None:
            dialog.last_ack = dialog.compose(b"ACK", flow.via + self._core.branch(), cseq)
            self._core.send(flow, dialog.last_ack)


def _ack_of_refusal(invite: bytes, response: Response) -> bytes:
    """The ACK to a refusal: the INVITE's own Via, From and Call-ID, the To of the answer (§17.1.1.3)."""
    head = invite.partition(b"\r\n\r\n")[0].split(b"\r\n")
    kept = {line.partition(b":")[0]: line for line in head[1:]}
    lines = [kept[name] for name in (b"Via", b"Max-Forwards", b"From", b"Call-ID")]
    return b"ACK %s SIP/2.0\r\n%s\r\nTo: %s\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n" % (
        invite.split(b" ", 2)[1],
        b"\r\n".join(lines),
        response.get(b"to"),
    )
