"""What a CTIManager says of itself, passed on to the clients of its sessions: each once, with the last that
was said, at a pace. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from csta_xml import SystemStatus, SystemStatusValue

from .pace import Pace
from .session import Session


class StatusReports:
    """`send` gives a session's client a status."""

    def __init__(
        self,
        send: Callable[[Session, SystemStatus], None],
        flush: Callable[[], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._send = send
        self._last: dict[Session, SystemStatusValue] = {}
        self._reports = Pace(self._report, flush, later)

    def tell(self, sessions: Iterable[Session], status: SystemStatusValue) -> None:
        """The CTIManager of these sessions is so now."""
        for session in sessions:
            if session not in self._last:
                self._reports.add(session)
            self._last[session] = status
        self._reports.go_soon()

    def _report(self, session: Session) -> None:
        self._send(session, SystemStatus(system_status=self._last.pop(session)))
