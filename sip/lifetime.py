"""How long a dialog lives: its 2xx until the ACK, its session timer, its end (RFC 3261 §13.3.1.4, RFC 4028
§10).

A dialog has one deadline for its session timer, `dialog.watch`; a refresh does not touch it, it is found when
the deadline comes due, and the end takes it back.
"""

from __future__ import annotations

from functools import partial

from .client_transaction import ClientTransaction
from .core import Core
from .dialog import Dialog
from .events import DialogEnded, EndReason
from .message import Response
from .session_timer import SessionTimer, agreed
from .timers import T1, T2, TRANSACTION_TIMEOUT
from .validation import reason as reason_line

#: After this long a refresh of ours was answered, has ended the dialog, or was lost with its flow and is due
#: again.
_ANSWER_OR_NONE = TRANSACTION_TIMEOUT + 1.0


class Lifetime:
    """Keeps, refreshes and ends dialogs."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def opened(self, dialog: Dialog, timer: SessionTimer | None, now: float) -> None:
        """A dialog is there: its tags are known and its session timer runs."""
        self._core.dialogs[dialog.local_tag] = dialog
        self.refreshed(dialog, timer, now)

    def refreshed(self, dialog: Dialog, timer: SessionTimer | None, now: float) -> None:
        """The peer or we have refreshed the session, with these values from now on."""
        dialog.refreshed = now
        if timer != dialog.timer:
            dialog.timer = timer
            self._watch(dialog, _first_look(timer, now) if timer is not None else None)

    def await_ack(self, dialog: Dialog, response: bytes, now: float) -> None:
        """Repeat a 2xx to INVITE until its ACK comes, over any transport (RFC 3261 §13.3.1.4)."""
        dialog.unacknowledged = response
        self._repeat_2xx(dialog, response, T1, now + TRANSACTION_TIMEOUT, now)

    def acknowledged(self, dialog: Dialog) -> None:
        """The ACK has come."""
        dialog.unacknowledged = b""
        dialog.confirmed = True

    def end(self, dialog: Dialog, reason: EndReason | None, text: str = "") -> None:
        """The dialog is over. The application is told why, unless it has ended it itself (None)."""
        if dialog.ended:
            return
        dialog.ended = True
        dialog.unacknowledged = dialog.last_ack = b""
        self._watch(dialog, None)
        self._core.dialogs.pop(dialog.local_tag, None)
        if reason is not None:
            self._core.events.append(DialogEnded(dialog, reason, text))

    def bye(self, dialog: Dialog, reason: EndReason | None, status: int, text: str, now: float) -> None:
        """Send BYE and be done with the dialog; its answer changes nothing."""
        if dialog.ended:
            return
        self._request(dialog, b"BYE", reason_line(status, text) if text else b"", now)
        self.end(dialog, reason)

    def _request(self, dialog: Dialog, method: bytes, headers: bytes, now: float) -> None:
        flow = self._core.flow_of(dialog)
        if flow is None:
            return
        branch = self._core.branch()
        message = dialog.compose(method, flow.via + branch, dialog.next_cseq(), headers)
        if self._core.client.full:
            self._core.send(flow, message)
        else:
            self._core.begin(ClientTransaction(branch, method, message, flow, dialog, self._answered), now)

    def _answered(self, transaction: ClientTransaction, response: Response | None, now: float) -> None:
        dialog = transaction.owner
        assert isinstance(dialog, Dialog)  # noqa: S101 - set by _request() above
        if transaction.method != b"UPDATE" or dialog.ended:
            return
        if response is None:
            if not transaction.flow.closed:
                self.bye(dialog, EndReason.PEER_LOST, 408, "no answer to the session refresh", now)
        elif response.status == 481:
            self.end(dialog, EndReason.PEER_LOST)
        elif response.status == 408:
            self.bye(dialog, EndReason.PEER_LOST, 408, "no answer to the session refresh", now)
        else:
            stated = agreed(response) if response.status < 300 else None
            self.refreshed(dialog, stated or dialog.timer, now)

    def _repeat_2xx(self, dialog: Dialog, response: bytes, interval: float, until: float, now: float) -> None:
        def due(at: float) -> None:
            if dialog.unacknowledged is not response:
                return
            if at >= until:
                self.bye(dialog, EndReason.NO_ACK, 408, "no ACK for the 200 to INVITE", at)
                return
            self._core.send(dialog.flow, response)
            self._repeat_2xx(dialog, response, min(interval * 2, T2), until, at)

        self._core.deadlines.at(min(now + interval, until), due)

    def _watch(self, dialog: Dialog, when: float | None) -> None:
        if dialog.watch is not None:
            self._core.deadlines.take_back(dialog.watch)
        dialog.watch = None
        if when is not None:
            dialog.watch = self._core.deadlines.at(when, partial(self._look, dialog))

    def _look(self, dialog: Dialog, now: float) -> None:
        """The session timer's deadline: refresh, end, or find that all is well and look again later."""
        timer = dialog.timer
        if timer is None:
            return
        over = dialog.refreshed + timer.over_after
        refresh = dialog.refreshed + timer.refresh_after if timer.ours else over
        if now < refresh:
            self._watch(dialog, refresh)
        elif now >= over:
            reason = EndReason.PEER_LOST if timer.ours else EndReason.TIMER
            self.bye(dialog, reason, 408, "no session refresh within the session interval", now)
        else:
            self._request(dialog, b"UPDATE", timer.request_headers, now)
            self._watch(dialog, min(now + _ANSWER_OR_NONE, over))


def _first_look(timer: SessionTimer, now: float) -> float:
    return now + (timer.refresh_after if timer.ours else timer.over_after)
