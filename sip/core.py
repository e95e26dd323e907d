"""What the two sides of the endpoint share: settings, deadlines, tables, and the flows that have something to
write.

Pure: `events` and `dirty` and `dials` fill up, and whoever runs the endpoint empties them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .client_transaction import ClientTransactions
from .dialog import Dialog
from .events import Event
from .flow import Flow, Target
from .timers import Deadlines


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
    what a flow that is dialled in place of an older one says of itself in Via.
    """

    settings: Settings
    token: Callable[[], bytes]
    local_for: Callable[[Target, Flow], tuple[str, int]]
    events: list[Event] = field(default_factory=list)
    dirty: list[Flow] = field(default_factory=list)
    dials: list[tuple[Target, Flow]] = field(default_factory=list)
    dialogs: dict[bytes, Dialog] = field(default_factory=dict)
    dialled: dict[Target, Flow] = field(default_factory=dict)
    deadlines: Deadlines = field(default_factory=Deadlines)
    client: ClientTransactions = field(init=False)
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

    def branch(self) -> bytes:
        """A branch that no other request of ours has had (RFC 3261 §8.1.1.7)."""
        self._branches += 1
        return b"%s%x" % (self._branch_prefix, self._branches)

    def flow_of(self, dialog: Dialog) -> Flow | None:
        """The flow for our next request in a dialog: its own, or one dialled by the route set, or none."""
        if not dialog.flow.closed:
            return dialog.flow
        target = dialog.next_hop()
        if target is None:
            return None
        flow = self.dialled.get(target)
        if flow is None:
            if len(self.dialled) >= self.settings.max_dialled_flows:
                return None
            local = self.local_for(target, dialog.flow)
            flow = self.dialled[target] = Flow(target.transport, local, (target.host, target.port))
            self.dials.append((target, flow))
        dialog.flow = flow
        return flow

    def forget_flow(self, flow: Flow) -> None:
        """A flow is gone: it carries nothing any more."""
        flow.closed = True
        flow.out.clear()
        for target in [target for target, dialled in self.dialled.items() if dialled is flow]:
            del self.dialled[target]
