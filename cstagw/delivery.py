"""Events on their way to clients: each an INFO in its dialog, in order, without waiting for answers.

A session that cannot be told everything ends: one with a gap would show calls that are over.
"""

from __future__ import annotations

from collections.abc import Iterable

from csta_xml import Event, SystemStatus, encode
from ctimgr_client import LinkId
from sip import Endpoint

from .ending import Ending
from .following import Following
from .log import get_logger
from .metrics import Metrics
from .monitoring import Monitoring
from .session import Session, SessionIncomplete
from .session_request import CONTENT
from .sessions import Sessions

_LOG = get_logger("cstagw.session")


class Delivery:
    """Gives clients what the CTIManagers say."""

    def __init__(
        self,
        endpoint: Endpoint,
        sessions: Sessions,
        *,
        monitors: Monitoring,
        following: Following,
        ending: Ending,
        metrics: Metrics,
    ) -> None:
        self._endpoint = endpoint
        self._sessions = sessions
        self._monitors = monitors
        self._following = following
        self._ending = ending
        self._metrics = metrics

    def event(self, link: LinkId, event: Event) -> None:
        """An event of a monitor: to every session that watches the line over this link."""
        for session, reference in self._monitors.watching(link, event):
            try:
                shown = session.event(reference, event)
                if shown is not None:
                    self.send(session, shown)
                if session in self._following:
                    self._following.may_be_free(session)
            except SessionIncomplete as error:
                self._end(session, "error", str(error))
            except Exception as error:  # noqa: BLE001 - one session's trouble is not another's
                _LOG.error("gateway.failed", what=type(event).__name__, exc_info=error)
                self._end(session, "error", "an event could not be delivered")

    def missed(self, session: Session, events: Iterable[Event]) -> None:
        """What happened while the session was bound anew, and then what came meanwhile."""
        try:
            for event in events:
                for reference in list(session.monitors):
                    shown = session.event(reference, event)
                    if shown is not None:
                        self.send(session, shown)
            for shown in session.take_backlog():
                self.send(session, shown)
        except Exception as error:  # noqa: BLE001 - one session's trouble is not another's
            _LOG.error("gateway.failed", what="move", exc_info=error)
            self._end(session, "error", "what happened meanwhile could not be told")

    def send(self, session: Session, event: Event | SystemStatus) -> None:
        """One event, as its client gets it."""
        dialog = self._sessions.dialog_of(session)
        if dialog is None or session.ended:
            return
        body = encode(event, session.namespace)
        if self._endpoint.agent.request(dialog, b"INFO", self._endpoint.now, headers=CONTENT, body=body):
            self._metrics.csta_event(type(event).__name__)
        else:
            self._end(session, "peer_lost", "an event could not be delivered")

    def _end(self, session: Session, reason: str, text: str) -> None:
        self._ending.doom(session, reason, text)
        self._ending.go_soon()
