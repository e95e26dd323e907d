"""What the admin listener may know of the gateway."""

from typing import Protocol

from cstagw.figures import SipFigures
from cstagw.health import Facts


class GatewayView(Protocol):
    """Answers at once, from figures that exist anyway: probes come every second."""

    def facts(self) -> Facts:
        """What readiness is judged by."""
        ...

    def drain_status(self) -> dict[str, object]:
        """The phase of draining and the times left."""
        ...

    def access(self) -> dict[str, object]:
        """How the directory and the store of selections are."""
        ...

    def session_count(self) -> int:
        """Open CSTA sessions."""
        ...

    def sip(self) -> SipFigures:
        """What the SIP endpoint has counted, and what is open there."""
        ...

    def ctimanagers(self) -> list[dict[str, object]]:
        """One JSON object per CTIManager, in configured order."""
        ...
