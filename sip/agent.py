"""The SIP endpoint as one value machine: frames in, events out, bytes on flows (RFC 3261 §6: UAC and UAS).

    events = agent.receive(flow, frame, now)     what happened, for the application
    agent.accept(...), agent.respond(...)        what it answers
    agent.take_dirty(), agent.take_dials()       what the transport has to write and to dial
    agent.tick(now), agent.next_deadline()       the clock

Pure: no sockets, no clock of its own. See `transport` for the shell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .answers import Answers
from .core import Core, Settings
from .dialog import Dialog
from .events import Event, MessageRefused
from .flow import Flow, Target
from .framer import Frame, Ping
from .lifetime import Lifetime
from .message import NotSip, Request, Response, parse
from .server_transaction import ServerTransaction
from .uac import Invitation, Uac
from .uas import Uas
from .validation import Refusal


class Agent:
    """UAS and UAC over any number of flows."""

    def __init__(
        self,
        settings: Settings,
        token: Callable[[], bytes],
        local_for: Callable[[Target, Flow], tuple[str, int]],
        beside: Callable[[Flow, tuple[str, int]], Flow] = lambda flow, _: flow,
    ) -> None:
        self._core = Core(settings, token, local_for, beside)
        self._answers = Answers(self._core)
        self._lifetime = Lifetime(self._core)
        self._uas = Uas(self._core, self._answers, self._lifetime)
        self._uac = Uac(self._core, self._lifetime)

    # --- in ------------------------------------------------------------------------------------------------

    def receive(self, flow: Flow, frame: Frame | Ping, now: float) -> list[Event]:
        """Take one frame of a flow."""
        if isinstance(frame, Ping):
            self._core.send(flow, b"\r\n")
            return []
        try:
            message = parse(frame.head, frame.body)
        except NotSip as error:
            self._core.tally.refusals["malformed"] += 1
            return [*self.take_events(), MessageRefused(flow, 0, str(error))]
        if isinstance(message, Response):
            self._uac.receive(message, now)
        elif frame.fault is not None:
            self._core.tally.refusals[frame.fault.name.lower()] += 1
            self._core.tally.request("in", message.method)
            self._refuse_frame(message, flow, frame.fault.status, frame.fault.text)
        else:
            self._uas.receive(message, flow, now)
        return self.take_events()

    def flow_lost(self, flow: Flow, now: float) -> list[Event]:
        """A flow is gone. Dialogs live on; requests without an answer on it will get none."""
        self._core.forget_flow(flow, now)
        self._core.client.flow_lost(flow, now)
        return self.take_events()

    def tick(self, now: float) -> list[Event]:
        """Do what has come due."""
        self._core.deadlines.tick(now)
        return self.take_events()

    def next_deadline(self) -> float | None:
        """When `tick` is wanted next."""
        return self._core.deadlines.next()

    # --- the application's answers -------------------------------------------------------------------------

    def accept(
        self, transaction: ServerTransaction, now: float, *, content: bytes = b"", body: bytes = b""
    ) -> Dialog | None:
        """200 to an INVITE; None where it is answered already: cancelled, or its session interval refused."""
        return self._uas.accept(transaction, body, content, now)

    def accept_refresh(
        self,
        transaction: ServerTransaction,
        dialog: Dialog,
        now: float,
        *,
        content: bytes = b"",
        body: bytes = b"",
    ) -> None:
        """200 to an INVITE within a dialog."""
        self._uas.accept_refresh(transaction, dialog, body, content, now)

    def respond(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        headers: bytes = b"",
        body: bytes = b"",
    ) -> None:
        """A final answer; `headers` are whole lines with CRLF."""
        self._answers.respond(transaction, status, now, headers, body)

    def reject(
        self, transaction: ServerTransaction, status: int, text: str, now: float, *, headers: bytes = b""
    ) -> None:
        """A final answer that says no, with a Reason in words."""
        self._answers.refuse(transaction, Refusal(status, text, headers), now)

    # --- requests of ours ----------------------------------------------------------------------------------

    def invite(self, flow: Flow, invitation: Invitation, token: object, now: float) -> None:
        """INVITE; the answer comes as `InviteAnswered`."""
        self._uac.invite(flow, invitation, token, now)

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
        """A request within a dialog; False where nothing could be sent. Without a token its answer is not
        told, but a 481 ends the dialog all the same.
        """
        return self._uac.request(dialog, method, now, headers=headers, body=body, token=token)

    def bye(self, dialog: Dialog, now: float, *, status: int = 0, text: str = "") -> None:
        """End a dialog; `status` and `text` go into Reason."""
        self._lifetime.bye(dialog, None, status, text, now)

    def doom(self, dialog: Dialog, text: str) -> None:
        """The dialog is to end; until its BYE is sent every request in it gets 481 with this text, which ends
        it without BYE.
        """
        dialog.doomed = text

    # --- out -----------------------------------------------------------------------------------------------

    def take_dirty(self) -> list[Flow]:
        """The flows that have something to write, each once."""
        dirty, self._core.dirty = self._core.dirty, []
        return dirty

    def take_dials(self) -> list[tuple[Target, Flow]]:
        """The connections to open, each with the flow it is for."""
        dials, self._core.dials = self._core.dials, []
        return dials

    @property
    def has_output(self) -> bool:
        """Whether something waits to be written or dialled."""
        return bool(self._core.dirty or self._core.dials)

    def __repr__(self) -> str:
        core = self._core
        return (
            f"<Agent dialogs={len(core.dialogs)} server_transactions={len(self._answers.transactions)} "
            f"client_transactions={len(core.client)} deadlines={len(core.deadlines)}>"
        )

    @property
    def dialog_count(self) -> int:
        """Dialogs that are open."""
        return len(self._core.dialogs)

    @property
    def transaction_counts(self) -> tuple[int, int]:
        """Open server transactions (kept answers among them) and client transactions."""
        return len(self._answers.transactions), len(self._core.client)

    @property
    def unanswered(self) -> int:
        """Requests of peers that have no final answer yet."""
        return self._answers.transactions.unanswered

    @property
    def counts(self) -> Mapping[tuple[str, str, str], int]:
        """Requests and responses by direction, method and status code, which is empty for requests."""
        return self._core.tally.counts

    @property
    def refusals(self) -> Mapping[str, int]:
        """Messages that could not be read, by the lower case name of the fault or "malformed"."""
        return self._core.tally.refusals

    @property
    def absorbed(self) -> int:
        """Repeated requests that were answered from the store."""
        return self._answers.transactions.absorbed

    def take_events(self) -> list[Event]:
        """What happened since it was asked last; the application's own calls make events too."""
        events, self._core.events = self._core.events, []
        return events

    def _refuse_frame(self, request: Request, flow: Flow, status: int, text: str) -> None:
        request.received_from(flow.source, flow.remote[1])
        flow = self._core.reply_flow(flow, request.via)
        self._answers.refuse_at_once(request, flow, Refusal(status, text))
