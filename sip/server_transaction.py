"""Server transactions (RFC 3261 §17.2, RFC 6026) on reliable and unreliable flows.

A repeated request gets the stored answer, so that nothing is done twice: with a magic-cookie branch for
64*T1 on any transport, without one (RFC 2543 peers, and front ends that leave it out) only until the final
answer on streams. Time comes in as `now`. Knows no dialogs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import takewhile

from .flow import Flow
from .headers import MAGIC_COOKIE, tag_of
from .message import Request
from .timers import TRANSACTION_TIMEOUT, Deadlines, Sweep

Key = bytes
Send = Callable[[Flow, bytes], None]


def server_key(request: Request) -> tuple[Key, bool]:
    """What tells this transaction apart (RFC 3261 §17.2.3), and whether the branch alone is proof of that.

    ACK and CANCEL get the key of the INVITE that they belong to. Call-ID and number are in it beside the
    branch: a peer that uses a branch twice must not get the answer to something else.
    """
    method = b"INVITE" if request.method in (b"ACK", b"CANCEL") else request.method
    via, call_id = request.via, request.fields.get(b"call-id", b"")
    number = request.cseq[0] if request.cseq else 0
    if via is not None and via.branch is not None and via.branch.startswith(MAGIC_COOKIE):
        return b"%s\n%s\n%s\n%s\n%d" % (via.branch, via.sent_by, method, call_id, number), True
    sender, top = tag_of(request.get(b"from")), request.vias[0] if request.vias else b""
    return b"%s\n%s\n%s\n%s\n%s\n%d" % (top, request.uri, method, sender, call_id, number), False


class ServerTransaction:
    """One request of a peer that we owe an answer. `answered` is the final status, 0 before there is one."""

    __slots__ = ("answered", "begun", "flow", "key", "proven", "provisional", "request", "tagged")

    def __init__(self, request: Request, flow: Flow, key: Key, proven: bool, begun: float) -> None:
        self.request = request
        self.flow = flow
        self.key = key
        self.proven = proven
        self.begun = begun
        self.answered = 0
        self.provisional = b""
        self.tagged = False


class KeptAnswer:
    """What is left of an answered transaction: enough to answer a repeat of its request."""

    __slots__ = ("acknowledged", "key", "response", "status", "until")

    def __init__(self, key: Key, status: int, response: bytes, until: float) -> None:
        self.key = key
        self.status = status
        self.response = response
        self.until = until
        self.acknowledged = False


class ServerTransactions:
    """The table of server transactions: those unanswered, and the answers kept.

    Answers are bounded per flow and in all: who fills the store loses his own oldest. Requests that nobody
    answers are handed to `neglected` after 64*T1.
    """

    def __init__(
        self,
        deadlines: Deadlines,
        send: Send,
        neglected: Callable[[ServerTransaction, float], None],
        *,
        per_flow: int,
        total: int,
    ) -> None:
        self._deadlines = deadlines
        self._send = send
        self._neglected = neglected
        self._per_flow = per_flow
        self._total = total
        self._open: dict[Key, ServerTransaction] = {}
        self._kept: dict[Key, KeptAnswer] = {}
        self._stores: dict[Flow, _Store] = {}
        self._sweep = Sweep(deadlines, self._sweep_open)
        self.absorbed = 0

    def __len__(self) -> int:
        return len(self._open) + len(self._kept)

    @property
    def unanswered(self) -> int:
        """How many requests still wait for their final answer."""
        return len(self._open)

    def absorb(self, key: Key, flow: Flow) -> bool:
        """Whether this request is a repeat; what was answered to it, if anything was, is sent again."""
        kept = self._kept.get(key)
        if kept is not None:
            self._send(flow, kept.response)
        else:
            transaction = self._open.get(key)
            if transaction is None:
                return False
            if transaction.provisional:
                self._send(flow, transaction.provisional)
        self.absorbed += 1
        return True

    def waiting(self, key: Key) -> ServerTransaction | None:
        """The transaction of this key that has no final answer yet."""
        return self._open.get(key)

    def kept(self, key: Key) -> KeptAnswer | None:
        """The answer kept for this key."""
        return self._kept.get(key)

    def begin(self, request: Request, flow: Flow, key: Key, proven: bool, now: float) -> ServerTransaction:
        """Open a transaction for a request that is new."""
        transaction = self._open[key] = ServerTransaction(request, flow, key, proven, now)
        flow.unanswered += 1
        self._sweep.arm(now + TRANSACTION_TIMEOUT)
        return transaction

    def provisional(self, transaction: ServerTransaction, response: bytes) -> None:
        """Send a 1xx, to be repeated when the request is."""
        transaction.provisional = response
        self._send(transaction.flow, response)

    def finish(self, transaction: ServerTransaction, status: int, response: bytes, now: float) -> None:
        """Send the final answer, once, and keep it as long as a repeat of the request may come."""
        if transaction.answered:
            return
        transaction.answered = status
        flow = transaction.flow
        del self._open[transaction.key]
        flow.unanswered -= 1
        self._send(flow, response)
        if transaction.proven or not flow.reliable:
            self._keep(flow, KeptAnswer(transaction.key, status, response, now + TRANSACTION_TIMEOUT))

    def _keep(self, flow: Flow, answer: KeptAnswer) -> None:
        store = self._stores.get(flow)
        if store is None:
            store = self._stores[flow] = _Store(self._deadlines, partial(self._sweep_store, flow))
        if len(store.answers) >= self._per_flow:
            self._drop_oldest(store)
        elif len(self._kept) >= self._total:
            others = (one for one in self._stores.values() if one.answers)
            self._drop_oldest(store if store.answers else next(others))
        self._kept[answer.key] = answer
        store.answers.append(answer)
        store.sweep.arm(answer.until)

    def _drop_oldest(self, store: _Store) -> None:
        del self._kept[store.answers.popleft().key]

    def _sweep_store(self, flow: Flow, now: float) -> float | None:
        store = self._stores[flow]
        while store.answers:
            if store.answers[0].until > now:
                return store.answers[0].until
            self._drop_oldest(store)
        del self._stores[flow]
        return None

    def _sweep_open(self, now: float) -> float | None:
        late = now - TRANSACTION_TIMEOUT
        for transaction in list(takewhile(lambda one: one.begun <= late, self._open.values())):
            self._neglected(transaction, now)
        oldest = next(iter(self._open.values()), None)
        return oldest.begun + TRANSACTION_TIMEOUT if oldest is not None else None


class _Store:
    """The answers kept for one flow, the oldest first; all are kept equally long."""

    __slots__ = ("answers", "sweep")

    def __init__(self, deadlines: Deadlines, sweep: Callable[[float], float | None]) -> None:
        self.answers: deque[KeptAnswer] = deque()
        self.sweep = Sweep(deadlines, sweep)
