"""Answers to requests of peers: built, sent, kept for repeats, and repeated where the transport may lose
them.

RFC 3261 §8.2.6, §17.2. Knows server transactions and whether a request had a To tag; what is asked or
answered is not its matter.
"""

from __future__ import annotations

from .core import Core
from .events import MessageRefused
from .flow import Flow
from .headers import tag_of
from .message import Request
from .server_transaction import KeptAnswer, ServerTransaction, ServerTransactions
from .timers import T1, T2, TRANSACTION_TIMEOUT
from .validation import Refusal, reason


class Answers:
    """Gives requests their answers; `transactions` is the table of requests, unanswered and answered."""

    def __init__(self, core: Core) -> None:
        self._core = core
        settings = core.settings
        self.transactions = ServerTransactions(
            core.deadlines,
            core.send,
            self._neglected,
            per_flow=settings.kept_per_flow,
            total=settings.kept_in_all,
        )

    def respond(
        self, transaction: ServerTransaction, status: int, now: float, headers: bytes = b"", body: bytes = b""
    ) -> None:
        """Give a request its final answer; To gets a tag where it has none (RFC 3261 §8.2.6.2)."""
        if not transaction.answered:
            tag = b"" if transaction.tagged else self._core.token()
            self.finish(transaction, status, now, tag=tag, headers=headers, body=body)

    def refuse(self, transaction: ServerTransaction, refused: Refusal, now: float) -> None:
        """Answer with a refusal and its reason in words."""
        self.respond(transaction, refused.status, now, reason(refused.status, refused.text) + refused.headers)

    def refuse_and_tell(self, transaction: ServerTransaction, refused: Refusal, now: float) -> None:
        """Refuse what the application does not see, so that it can count it."""
        self._core.events.append(MessageRefused(transaction.flow, refused.status, refused.text))
        self.refuse(transaction, refused, now)

    def refuse_at_once(self, request: Request, flow: Flow, refused: Refusal) -> None:
        """Answer without keeping anything: a request that is not to be repeated into something else."""
        answerable = request.method != b"ACK" and bool(request.vias)
        self._core.events.append(MessageRefused(flow, refused.status if answerable else 0, refused.text))
        if answerable:
            self._core.tally.response("out", request.method, refused.status)
            headers = reason(refused.status, refused.text) + refused.headers
            tag = b"" if tag_of(request.get(b"to")) else self._core.token()
            self._core.send(flow, request.response(refused.status, tag, headers))

    def finish(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        tag: bytes = b"",
        headers: bytes = b"",
        body: bytes = b"",
    ) -> bytes:
        """Build the final answer, with this tag in To, send and keep it."""
        request = transaction.request
        response = request.response(status, tag, headers, body)
        self._core.tally.response("out", request.method, status)
        self.transactions.finish(transaction, status, response, now)
        if request.method == b"INVITE":
            self._invite_finished(transaction, status, now)
        return response

    def _invite_finished(self, transaction: ServerTransaction, status: int, now: float) -> None:
        if transaction.tagged:
            dialog = self._core.dialogs.get(tag_of(transaction.request.get(b"to")))
            if dialog is not None:
                dialog.inviting = False
        if status >= 300 and not transaction.flow.reliable:
            kept = self.transactions.kept(transaction.key)
            if kept is not None:
                self._repeat(kept, transaction.flow, T1, now + TRANSACTION_TIMEOUT, now)

    def _repeat(self, answer: KeptAnswer, flow: Flow, interval: float, until: float, now: float) -> None:
        """Timer G: on an unreliable flow a refusal is repeated until its ACK (RFC 3261 §17.2.1)."""

        def due(at: float) -> None:
            if at < until and not answer.acknowledged:
                self._core.send(flow, answer.response)
                self._repeat(answer, flow, min(interval * 2, T2), until, at)

        self._core.deadlines.at(now + interval, due)

    def _neglected(self, transaction: ServerTransaction, now: float) -> None:
        self.refuse_and_tell(transaction, Refusal(500, "no answer was found in time"), now)
