"""How sessions end: told to the client by BYE, at a pace, and nothing of them is kept anywhere.

A session is over for us before its BYE has left; whoever is faster than that gets 481.
"""

from __future__ import annotations

from collections.abc import Callable

from sip import Dialog, Endpoint

from .following import Following
from .log import get_logger
from .metrics import Metrics
from .monitoring import Monitoring
from .moving import Moving
from .pace import Pace
from .session import Session
from .sessions import Sessions
from .sign_in import NO_SESSION

_LOG = get_logger("cstagw.session")


class Ending:
    """Takes a session out of every table there is."""

    def __init__(
        self,
        endpoint: Endpoint,
        sessions: Sessions,
        *,
        monitors: Monitoring,
        moving: Moving,
        following: Following,
        metrics: Metrics,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._endpoint = endpoint
        self._sessions = sessions
        self._monitors = monitors
        self._moving = moving
        self._following = following
        self._metrics = metrics
        self._goodbyes = Pace(self._bye, endpoint.flush_soon, later)

    def doom(self, session: Session, reason: str, text: str) -> None:
        """The session is over for us; its client learns it by the BYE that `go` sends, or by a 481."""
        dialog = self._sessions.dialog_of(session)
        if dialog is not None and not session.ended:
            self._endpoint.agent.doom(dialog, text)
            self._finish(session, dialog, reason)
            self._goodbyes.add(session)

    def go(self) -> None:
        """Send the BYEs, the first of them now."""
        self._goodbyes.go()

    def go_soon(self) -> None:
        """Send the BYEs when the present work is done."""
        self._goodbyes.go_soon()

    def over(self, dialog: Dialog, reason: str) -> None:
        """The dialog is over; nothing can be said in it any more."""
        session = self._sessions.remove(dialog)
        if session is not None:
            self._finish(session, dialog, reason)

    def _finish(self, session: Session, dialog: Dialog, reason: str) -> None:
        now = self._endpoint.now
        for transaction, _ in self._moving.forget(session):
            self._endpoint.agent.reject(transaction, 481, NO_SESSION, now)
        self._following.forget(session)
        if session.ended:
            return
        session.ended = reason
        self._monitors.leave_all(session)
        self._metrics.session_ended(reason)
        _LOG.info(
            "session.ended",
            session=session.id,
            call_id=dialog.call_id.decode("utf-8", "replace"),
            user=session.user,
            line=session.line.text,
            cti=session.link.name,
            reason=reason,
            text=dialog.doomed,
            seconds=round(now - session.started, 3),
        )

    def _bye(self, session: Session) -> None:
        dialog = self._sessions.dialog_of(session)
        if dialog is not None:
            self._endpoint.agent.bye(dialog, self._endpoint.now, status=480, text=dialog.doomed)
            self.over(dialog, session.ended)
