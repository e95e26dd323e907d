"""What the gateway needs of the CTIManagers, so that its parts can be tested without any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from csta_xml import Service
from ctimgr_client import LinkId, Reply


class CtiLinks(Protocol):
    """The links to all CTIManagers."""

    def choose(self, unfit: Callable[[LinkId], bool] = ...) -> LinkId | None:
        """The link for the next session, None where no CTIManager is in service that is fit for it."""

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        """Send a service; the reply comes exactly once, later."""
