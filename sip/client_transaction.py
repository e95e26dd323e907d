"""Client transactions (RFC 3261 §17.1): a request of ours until its final response or 64*T1.

Works on reliable and unreliable flows. Time comes in as `now`. Knows no dialogs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from .flow import Flow
from .message import Response
from .timers import T1, T2, TRANSACTION_TIMEOUT, Deadlines, Sweep


@dataclass(slots=True, eq=False)
class ClientTransaction:
    """One request of ours. `owner` is whatever the sender wants back with the answer; `otherwise` sends the
    request another way where this flow never reached the peer.
    """

    branch: bytes
    method: bytes
    message: bytes
    flow: Flow
    owner: object
    on_answer: Callable[[ClientTransaction, Response | None, float], None]
    otherwise: Callable[[float], None] | None = None
    until: float = 0.0
    interval: float = T1
    provisional: bool = False
    done: bool = False


class ClientTransactions:
    """Requests of ours that wait for their final response; `None` is handed over where none came within
    64*T1.

    Bounded: who wants to begin one asks whether the table is `full`.
    """

    def __init__(self, deadlines: Deadlines, send: Callable[[Flow, bytes], None], *, total: int) -> None:
        self._deadlines = deadlines
        self._send = send
        self._total = total
        self._open: dict[bytes, ClientTransaction] = {}
        self._sweep = Sweep(deadlines, self._sweep_open)

    def __len__(self) -> int:
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether as many requests wait as may."""
        return len(self._open) >= self._total

    def begin(self, transaction: ClientTransaction, now: float) -> None:
        """Send the request and wait for its answer; on an unreliable flow repeat it (timers A and E)."""
        flow = transaction.flow
        flow.waiting += 1
        transaction.until = now + TRANSACTION_TIMEOUT
        self._open[transaction.branch] = transaction
        self._send(flow, transaction.message)
        self._sweep.arm(transaction.until)
        if flow.reliable:
            transaction.message = b""
        else:
            self._deadlines.at(now + T1, partial(self._repeat, transaction))

    def receive(
        self, branch: bytes, method: bytes, response: Response, now: float
    ) -> ClientTransaction | None:
        """The transaction a response belongs to, None for a stray or repeated one (RFC 3261 §17.1.3)."""
        transaction = self._open.get(branch)
        if transaction is None or transaction.method != method:
            return None
        if response.status < 200:
            transaction.provisional = True
        else:
            self._end(transaction, response, now)
        return transaction

    def flow_lost(self, flow: Flow, now: float) -> None:
        """No answer can come on this flow any more (RFC 3261 §17.1.4)."""
        if not flow.waiting:
            return
        for transaction in [one for one in self._open.values() if one.flow is flow]:
            if transaction.otherwise is not None and not flow.reached:
                self._close(transaction)
                transaction.otherwise(now)
            else:
                self._end(transaction, None, now)

    def _end(self, transaction: ClientTransaction, response: Response | None, now: float) -> None:
        if not transaction.done:
            self._close(transaction)
            transaction.on_answer(transaction, response, now)

    def _close(self, transaction: ClientTransaction) -> None:
        transaction.done = True
        transaction.flow.waiting -= 1
        del self._open[transaction.branch]

    def _sweep_open(self, now: float) -> float | None:
        for transaction in list(takewhile(lambda one: one.until <= now, self._open.values())):
            self._end(transaction, None, now)
        oldest = next(iter(self._open.values()), None)
        return oldest.until if oldest is not None else None

    def _repeat(self, transaction: ClientTransaction, now: float) -> None:
        if transaction.done or transaction.flow.closed:
            return
        invite = transaction.method == b"INVITE"
        if invite and transaction.provisional:
            return
        self._send(transaction.flow, transaction.message)
        doubled = transaction.interval * 2
        transaction.interval = doubled if invite else T2 if transaction.provisional else min(doubled, T2)
        self._deadlines.at(now + transaction.interval, partial(self._repeat, transaction))
