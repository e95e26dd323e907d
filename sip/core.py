"""What the two sides of the endpoint share: settings, deadlines, tables, and the flows that have something to
write.

Pure: `events` and `dirty` and `dials` fill up, and whoever runs the endpoint empties them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .client_transaction import ClientTransaction, ClientTransactions
from .dialog import Dialog
from .events import Event
from .flow import Flow, Target, Transport
from .headers import Via
from .tally import Tally
from .timers import Deadlines

#: Seconds before a stream is tried again to a peer that was not there on one.
_STREAM_RETRY = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`expires` and `min_se` in seconds (RFC 4028); `user_agent` names us to peers; the others bound the
    tables.

    `kept_*` count answers kept for repeats, `unanswered_*` requests of peers that wait for our answer,
    `waiting` requests of ours that wait for theirs.
    """

    expires: int = 1800
    min_se: int = 90
    user_agent: bytes = b"cstagw"
    kept_per_flow: int = 16_384
    kept_in_all: int = 65_536
    unanswered_per_flow: int = 2_048
    unanswered_in_all: int = 8_192
    waiting: int = 131_072
    max_dialled_flows: int = 64
    max_dialogs: int = 100_000


@dataclass(slots=True)
class Core:
    """`token` gives unguessable bytes for tags and branches, a different value at every call; `local_for`
    what a flow that is dialled in place of an older one says of itself in Via; `beside` the flow to another
    address over the same datagram socket.
    """

    settings: Settings
    token: Callable[[], bytes]
    local_for: Callable[[Target, Flow], tuple[str, int]]
    beside: Callable[[Flow, tuple[str, int]], Flow]
    events: list[Event] = field(default_factory=list)
    dirty: list[Flow] = field(default_factory=list)
    dials: list[tuple[Target, Flow]] = field(default_factory=list)
    dialogs: dict[bytes, Dialog] = field(default_factory=dict)
    dialled: dict[Target, Flow] = field(default_factory=dict)
    deadlines: Deadlines = field(default_factory=Deadlines)
    tally: Tally = field(default_factory=Tally)
    client: ClientTransactions = field(init=False)
    _unreachable: dict[Target, float] = field(default_factory=dict)
    _branches: int = 0
    _branch_prefix: bytes = b""

    def __post_init__(self) -> None:
        self.client = ClientTransactions(self.deadlines, self.send, total=self.settings.waiting)
        self._branch_prefix = b"z9hG4bK" + self.token()

    def send(self, flow: Flow, message: bytes) -> None:
        """Put a message on a flow; lost where the flow is gone, as on a wire."""
        if flow.closed:
            return
        if not flow.out:
            self.dirty.append(flow)
        flow.out.append(message)

    def begin(self, transaction: ClientTransaction, now: float) -> None:
        """Send a request of ours and wait for its answer."""
        self.tally.request("out", transaction.method)
        self.client.begin(transaction, now)

    def branch(self) -> bytes:
        """A branch that no other request of ours has had (RFC 3261 §8.1.1.7)."""
        self._branches += 1
        return b"%s%x" % (self._branch_prefix, self._branches)

    def flow_of(self, dialog: Dialog) -> Flow | None:
        """The flow for our next request in a dialog: its own, or one dialled by the route set, or none."""
        if not dialog.flow.closed:
            return dialog.flow
        target = dialog.next_hop()
        flow = self._dialled_to(target, dialog.flow) if target is not None else None
        if flow is not None:
            dialog.flow = flow
        return flow

    def stream_for(self, dialog: Dialog, now: float) -> Flow | None:
        """A stream for a request that is too large for a datagram (RFC 3261 §18.1.1); None where the peer was
        not there on a stream a while ago. The dialog itself stays on its datagram flow.
        """
        hop = dialog.next_hop()
        if hop is None:
            return None
        target = Target(Transport.TCP, hop.host, hop.port)
        if self._unreachable.get(target, now) > now:
            return None
        return self._dialled_to(target, dialog.flow)

    def reply_flow(self, flow: Flow, via: Via | None) -> Flow:
        """Where the answer to a datagram goes: its source, or the port its Via names (RFC 3261 §18.2.2)."""
        if flow.reliable or via is None or via.wants_rport:
            return flow
        port = via.port or 5060
        return flow if port == flow.remote[1] else self.beside(flow, (flow.remote[0], port))

    def forget_flow(self, flow: Flow, now: float) -> None:
        """A flow is gone: it carries nothing any more."""
        flow.closed = True
        flow.out.clear()
        for target in [target for target, dialled in self.dialled.items() if dialled is flow]:
            del self.dialled[target]
            if not flow.reached:
                self._note_unreachable(target, now)

    def _dialled_to(self, target: Target, near: Flow) -> Flow | None:
        flow = self.dialled.get(target)
        if flow is not None:
            return flow
        if len(self.dialled) >= self.settings.max_dialled_flows and not self._forget_idle_datagrams():
            return None
        local = self.local_for(target, near)
        flow = Flow(target.transport, local, (target.host, target.port), reached=False)
        self.dialled[target] = flow
        self.dials.append((target, flow))
        return flow

    def _forget_idle_datagrams(self) -> bool:
        """Make room: a datagram flow is never lost, so that of a peer we have nothing open with is let go."""
        for target, flow in self.dialled.items():
            if not flow.reliable and not flow.waiting and flow.reached:
                del self.dialled[target]
                return True
        return False

    def _note_unreachable(self, target: Target, now: float) -> None:
        known = self._unreachable
        if len(known) >= self.settings.max_dialled_flows:
            del known[min(known, key=lambda one: known[one])]
        known[target] = now + _STREAM_RETRY
