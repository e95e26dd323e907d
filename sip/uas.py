"""The server side of the endpoint: requests of peers in, answers and events out (RFC 3261 §8.2, §12.2.2,
§13.3, §15.1.2).

Knows transactions and dialogs. Leaves to the application what an INVITE or INFO means.
"""

from __future__ import annotations

from functools import partial

from .answers import Answers
from .core import Core
from .dialog import Dialog, route_set
from .events import (
    EndReason,
    InfoReceived,
    InviteCancelled,
    InviteReceived,
    OptionsReceived,
    RefreshReceived,
)
from .flow import Flow
from .headers import parse_sip_uri, tag_of
from .lifetime import Lifetime
from .message import Request
from .server_transaction import KeptAnswer, Key, ServerTransaction, server_key
from .session_timer import IntervalTooSmall, SessionTimer, negotiate
from .validation import ALLOW, Refusal, reason, refusal

#: RFC 3261 §17.2.1: an INVITE without an answer after this long gets a 100.
_TRYING_AFTER = 0.2
_ANSWERED_AT_ONCE = (b"BYE", b"UPDATE")
_RETRY_SOON = b"Retry-After: 2\r\n"
_RETRY_LATER = b"Retry-After: 30\r\n"


class Uas:
    """Takes requests, and the application's answers to them."""

    def __init__(self, core: Core, answers: Answers, lifetime: Lifetime) -> None:
        self._core = core
        self._lifetime = lifetime
        self._answers = answers
        agent = core.settings.user_agent
        self._server = b"Server: %s\r\n" % agent if agent else b""

    def receive(self, request: Request, flow: Flow, now: float) -> None:
        """Take one request that came on a flow."""
        self._core.tally.request("in", request.method)
        request.received_from(flow.source, flow.remote[1])
        flow = self._core.reply_flow(flow, request.via)
        refused = refusal(request)
        if refused is not None:
            self._answers.refuse_at_once(request, flow, refused)
            return
        key, proven = server_key(request)
        if request.method == b"ACK":
            self._acknowledged(request, self._answers.transactions.kept(key))
        elif request.method == b"CANCEL":
            self._cancel(request, flow, key, now)
        elif not self._answers.transactions.absorb(key, flow):
            refused = self._overload(request, flow)
            if refused is not None:
                self._answers.refuse_at_once(request, flow, refused)
                return
            self._dispatch(self._answers.transactions.begin(request, flow, key, proven, now), now)

    def accept(
        self, transaction: ServerTransaction, body: bytes, content: bytes, now: float
    ) -> Dialog | None:
        """Answer an INVITE with 200 and open the dialog (RFC 3261 §12.1.1); None where it has been answered
        already.

        `content` are the header lines that describe the body.
        """
        if transaction.answered:
            return None
        request, flow = transaction.request, transaction.flow
        timer = self._negotiate(transaction, None, now)
        if timer is None:
            return None
        tag = self._core.token()
        dialog = Dialog(
            call_id=request.get(b"call-id"),
            local=request.get(b"to") + b";tag=" + tag,
            local_tag=tag,
            remote=request.get(b"from"),
            remote_tag=tag_of(request.get(b"from")),
            target=b"",
            routes=route_set(request.lines(b"record-route")),
            contact=_contact(request, flow),
            flow=flow,
        )
        dialog.set_target(request.get(b"contact") or request.get(b"from"))
        dialog.user_agent = request.get(b"user-agent")
        self._lifetime.opened(dialog, timer, now)
        self._answer_invite(transaction, dialog, now, tag=tag, content=content, body=body)
        return dialog

    def accept_refresh(
        self, transaction: ServerTransaction, dialog: Dialog, body: bytes, content: bytes, now: float
    ) -> None:
        """Answer an INVITE within a dialog with 200."""
        if transaction.answered:
            return
        if dialog.ended:
            self._answers.refuse(transaction, Refusal(481, "the dialog has ended"), now)
        elif self._retime(transaction, dialog, now):
            dialog.set_target(transaction.request.get(b"contact"))
            self._answer_invite(transaction, dialog, now, content=content, body=body)

    # --- requests, by what they are ------------------------------------------------------------------------

    def _overload(self, request: Request, flow: Flow) -> Refusal | None:
        settings = self._core.settings
        waiting = self._answers.transactions.unanswered
        if flow.unanswered < settings.unanswered_per_flow and waiting < settings.unanswered_in_all:
            return None
        if request.method in _ANSWERED_AT_ONCE:
            return None
        status = 480 if request.method == b"INVITE" else 500
        return Refusal(status, "too many requests wait for an answer", _RETRY_SOON)

    def _dispatch(self, transaction: ServerTransaction, now: float) -> None:
        request = transaction.request
        tag = tag_of(request.fields[b"to"])
        if tag:
            transaction.tagged = True
            self._within_dialog(transaction, tag, now)
        elif request.method == b"INVITE":
            self._invited(transaction, now)
        elif request.method == b"OPTIONS":
            self._core.events.append(OptionsReceived(transaction))
        else:
            self._answers.refuse_and_tell(
                transaction, Refusal(481, "no dialog: the To header has no tag"), now
            )

    def _invited(self, transaction: ServerTransaction, now: float) -> None:
        if len(self._core.dialogs) >= self._core.settings.max_dialogs:
            self._answers.refuse_and_tell(transaction, Refusal(480, "too many dialogs", _RETRY_LATER), now)
            return
        self._core.deadlines.at(now + _TRYING_AFTER, partial(self._trying, transaction))
        self._core.events.append(InviteReceived(transaction))

    def _trying(self, transaction: ServerTransaction, now: float) -> None:
        if not transaction.answered:
            self._answers.transactions.provisional(transaction, transaction.request.response(100))

    def _within_dialog(self, transaction: ServerTransaction, tag: bytes, now: float) -> None:
        request = transaction.request
        fields = request.fields
        dialog = self._core.dialogs.get(tag)
        if (
            dialog is None
            or dialog.call_id != fields[b"call-id"]
            or (dialog.remote != fields[b"from"] and dialog.remote_tag != tag_of(fields[b"from"]))
            or request.cseq is None
        ):
            self._answers.refuse_and_tell(transaction, Refusal(481, "no such dialog here"), now)
            return
        if not dialog.accepts_cseq(request.cseq[0]):
            text = f"CSeq is lower than {dialog.remote_cseq}, the last one in this dialog"
            self._answers.refuse_and_tell(transaction, Refusal(500, text), now)
            return
        dialog.flow = transaction.flow
        method = request.method
        if dialog.doomed and method != b"BYE":
            self._answers.refuse_and_tell(transaction, Refusal(481, dialog.doomed), now)
            self._lifetime.end(dialog, None)
        elif method == b"INFO":
            self._core.events.append(InfoReceived(dialog, transaction))
        elif method == b"BYE":
            text = request.get(b"reason").decode("utf-8", "replace")
            self._lifetime.end(dialog, EndReason.BYE, text)
            self._answers.respond(transaction, 200, now)
        elif method == b"UPDATE":
            self._update(transaction, dialog, now)
        elif method == b"INVITE":
            self._reinvited(transaction, dialog, now)
        else:
            self._core.events.append(OptionsReceived(transaction))

    def _update(self, transaction: ServerTransaction, dialog: Dialog, now: float) -> None:
        if self._retime(transaction, dialog, now):
            dialog.set_target(transaction.request.get(b"contact"))
            self._answers.respond(transaction, 200, now, self._dialog_headers(dialog))

    def _reinvited(self, transaction: ServerTransaction, dialog: Dialog, now: float) -> None:
        if dialog.inviting:
            refused = Refusal(500, "the INVITE before this one is not answered yet", _RETRY_SOON)
            self._answers.refuse_and_tell(transaction, refused, now)
            return
        if dialog.inviting_peer:
            self._answers.refuse_and_tell(transaction, Refusal(491, "an INVITE of ours is under way"), now)
            return
        dialog.inviting = True
        dialog.may_restart()
        self._core.deadlines.at(now + _TRYING_AFTER, partial(self._trying, transaction))
        self._core.events.append(RefreshReceived(dialog, transaction))

    def _acknowledged(self, request: Request, refused: KeptAnswer | None) -> None:
        if refused is not None and refused.status >= 300:
            refused.acknowledged = True
            return
        dialog = self._core.dialogs.get(tag_of(request.get(b"to")))
        if dialog is not None and dialog.call_id == request.get(b"call-id"):
            self._lifetime.acknowledged(dialog)

    def _cancel(self, request: Request, flow: Flow, key: Key, now: float) -> None:
        invite = self._answers.transactions.waiting(key)
        if invite is None and self._answers.transactions.kept(key) is None:
            self._answers.refuse_at_once(request, flow, Refusal(481, "no INVITE to cancel"))
            return
        tag = b"" if tag_of(request.get(b"to")) else self._core.token()
        self._core.send(flow, request.response(200, tag))
        if invite is not None:
            self._answers.finish(invite, 487, now, tag=tag, headers=reason(487, "cancelled by the peer"))
            self._core.events.append(InviteCancelled(invite))

    # --- answers -------------------------------------------------------------------------------------------

    def _answer_invite(
        self,
        transaction: ServerTransaction,
        dialog: Dialog,
        now: float,
        *,
        content: bytes,
        body: bytes,
        tag: bytes = b"",
    ) -> None:
        record = b"".join(
            b"Record-Route: %s\r\n" % line for line in transaction.request.lines(b"record-route")
        )
        headers = record + self._dialog_headers(dialog) + (content if body else b"")
        response = self._answers.finish(transaction, 200, now, tag=tag, headers=headers, body=body)
        self._lifetime.await_ack(dialog, response, now)

    def _dialog_headers(self, dialog: Dialog) -> bytes:
        timer = dialog.timer.headers if dialog.timer else b""
        return b"Contact: %s\r\nAllow: %s\r\nSupported: timer\r\n%s%s" % (
            dialog.contact,
            ALLOW,
            self._server,
            timer,
        )

    def _retime(self, transaction: ServerTransaction, dialog: Dialog, now: float) -> bool:
        timer = self._negotiate(transaction, dialog.timer, now)
        if timer is not None:
            self._lifetime.refreshed(dialog, timer, now)
        return timer is not None

    def _negotiate(
        self, transaction: ServerTransaction, current: SessionTimer | None, now: float
    ) -> SessionTimer | None:
        settings = self._core.settings
        agreed = negotiate(
            transaction.request, expires=settings.expires, min_se=settings.min_se, current=current
        )
        if isinstance(agreed, IntervalTooSmall):
            text = f"a session interval below {agreed.min_se} s is not accepted"
            self._answers.refuse_and_tell(
                transaction, Refusal(422, text, b"Min-SE: %d\r\n" % agreed.min_se), now
            )
            return None
        return agreed


def _contact(request: Request, flow: Flow) -> bytes:
    uri = parse_sip_uri(request.uri)
    user = uri.user + b"@" if uri and uri.user else b""
    return b"<sip:%s%s>" % (user, flow.contact_address.encode())
