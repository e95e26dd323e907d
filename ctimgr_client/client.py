"""All CTIManagers of one gateway: connects to every address at once and keeps them connected.

Shell over `pool`. A request names the link it is meant for; when that generation is gone it is answered with
an error, never sent on another link.
"""

import asyncio
import ssl
from collections.abc import Sequence
from time import monotonic

from csta_xml import Service
from ctimgr_client.address import CtiManagerAddress, LinkId
from ctimgr_client.listener import Listener, Reply
from ctimgr_client.pool import Pool
from ctimgr_client.status import CtiManagerStatus
from ctimgr_client.supervisor import Supervisor, refuse


class CtiManagers:
    """What the gateway sees. Raises ValueError for no address, more than eight, or two of one name."""

    def __init__(
        self,
        addresses: Sequence[CtiManagerAddress],
        *,
        application_id: str,
        interval: float,
        request_timeout: float,
        listener: Listener,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._pool = Pool([address.name for address in addresses], monotonic())
        if tls is None and any(address.scheme == "cstas" for address in addresses):
            tls = ssl.create_default_context()
        self._supervisors = {
            address.name: Supervisor(
                address,
                application_id=application_id,
                interval=interval,
                request_timeout=request_timeout,
                pool=self._pool,
                listener=listener,
                none_left=self._hurry,
                tls=tls if address.scheme == "cstas" else None,
            )
            for address in addresses
        }

    def __repr__(self) -> str:
        return f"<CtiManagers {self._pool!r}>"

    async def run(self) -> None:
        """Connect to every address at once and keep it so; when cancelled, end the sessions properly."""
        async with asyncio.TaskGroup() as supervisors:
            for name, supervisor in self._supervisors.items():
                supervisors.create_task(supervisor.run(), name=f"cti {name}")

    def choose(self) -> LinkId | None:
        """The link for the next session, round robin over those in service; None when there is none."""
        return self._pool.choose()

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        """Send a service on this very link. `reply` is called exactly once, later, on the event loop."""
        supervisor = self._supervisors.get(link.name)
        if supervisor is None:
            refuse(reply)
        else:
            supervisor.request(link, service, reply)

    def status(self) -> list[CtiManagerStatus]:
        """One entry per CTIManager, in configured order."""
        return [supervisor.status() for supervisor in self._supervisors.values()]

    def in_service(self) -> int:
        """How many links a new session could be bound to (fully or partially in service)."""
        return self._pool.in_service()

    def _hurry(self) -> None:
        for supervisor in self._supervisors.values():
            supervisor.hurry()
