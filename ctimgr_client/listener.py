"""Who is told what the CTIManagers say: the types the gateway implements. Called on the event loop, between
two reads.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from csta_xml import CSTAErrorCode, Event, MonitorCrossRefId, Response, SystemStatusValue
from ctimgr_client.address import LinkId
from ctimgr_client.failures import LinkDown

Answer: TypeAlias = Response | CSTAErrorCode
Reply: TypeAlias = Callable[[Answer], None]


class Listener(Protocol):
    """Must not raise; an exception is logged and stays without effect on the link."""

    def link_up(self, link: LinkId) -> None:
        """The CTIManager is in service: a new generation, nothing of an older one is valid on it."""
        ...

    def link_down(self, link: LinkId, cause: LinkDown) -> None:
        """The link is gone. Every outstanding request has had its reply before."""
        ...

    def system_status(self, link: LinkId, status: SystemStatusValue) -> None:
        """The CTIManager says how it is; the link lives."""
        ...

    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        """The CTIManager stopped a monitor by itself; no more events come of it."""
        ...

    def event(self, link: LinkId, event: Event) -> None:
        """Something happened at a monitored device."""
        ...

    def events_flushed(self, link: LinkId) -> None:
        """The end of a batch of replies and events: what was collected meanwhile may be written out."""
        ...
