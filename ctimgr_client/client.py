"""All CTIManagers of one gateway: connects to every address at once and keeps them connected.

Shell over `pool`. A request names the link it is meant for; when that generation is gone it is answered with
an error, never sent on another link.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic

from csta_xml import Service
from ctimgr_client.address import CtiManagerAddress, LinkId
from ctimgr_client.bridge_process import BridgeProcess
from ctimgr_client.listener import Listener, Reply
from ctimgr_client.pool import Load, Pool, Unfit
from ctimgr_client.status import CtiManagerStatus, LinkState
from ctimgr_client.supervisor import Supervisor, refuse

BridgeMaker = Callable[[CtiManagerAddress], BridgeProcess]
Secrets = Callable[[CtiManagerAddress], str | None]


class CtiManagers:
    """What the gateway sees. Raises ValueError for no address, more than eight, or two of one name.

    `load` says how much a link carries, for the least to be chosen; without it links are chosen in turn.
    `tos` marks the packets of every connection. `bridge` makes the process that leads to a jtapi:// address;
    `secret` is what an address demands of an application, None for nothing.
    """

    def __init__(
        self,
        addresses: Sequence[CtiManagerAddress],
        *,
        application_id: str,
        interval: float,
        request_timeout: float,
        listener: Listener,
        tls: ssl.SSLContext | None = None,
        load: Load | None = None,
        tos: int = 0,
        bridge: BridgeMaker | None = None,
        secret: Secrets = lambda _: None,
    ) -> None:
        names = [address.name for address in addresses]
        self._pool = Pool(names, monotonic(), load) if load else Pool(names, monotonic())
        self._tls = tls
        self._bridge = bridge
        self._secret = secret
        self._supervise = partial(
            Supervisor,
            application_id=application_id,
            interval=interval,
            request_timeout=request_timeout,
            pool=self._pool,
            listener=listener,
            none_left=self._hurry,
            tos=tos,
        )
        self._supervisors = {address.name: self._supervisor(address) for address in addresses}
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __repr__(self) -> str:
        return f"<CtiManagers {self._pool!r}>"

    async def run(self) -> None:
        """Connect to every address at once and keep it so; when cancelled, end the sessions properly."""
        async with asyncio.TaskGroup() as self._group:
            for name in self._supervisors:
                self._start(name)

    def add(self, address: CtiManagerAddress) -> None:
        """A further CTIManager, dialled at once. Raises ValueError as the constructor does."""
        self._pool.add(address.name, monotonic())
        self._supervisors[address.name] = self._supervisor(address)
        self._start(address.name)

    async def remove(self, name: str) -> None:
        """Close the link of a CTIManager in good order, its listener being told, and dial it no more.

        Raises KeyError for an unknown name, ValueError for the last one.
        """
        if len(self._supervisors) == 1:
            raise ValueError("the last CTIManager cannot be removed")
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.wait([task])
        del self._supervisors[name]
        self._pool.remove(name)

    async def others_in_service(self, name: str, within: float = 10.0) -> None:
        """Wait until a CTIManager other than this one is in service, or this one is not, or for so long."""
        end = monotonic() + within
        while monotonic() < end and self._pool[name].state is not LinkState.OUT_OF_SERVICE:
            if self._pool.in_service() > 1:
                return
            await asyncio.sleep(0.05)

    def choose(self, unfit: Unfit = lambda link: False) -> LinkId | None:
        """The link for the next session, of those in service that are fit for it; None when there is none."""
        return self._pool.choose(unfit)

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

    def _supervisor(self, address: CtiManagerAddress) -> Supervisor:
        secret = self._secret(address)
        if address.scheme == "jtapi":
            if self._bridge is None:
                raise ValueError(f"{address}: nobody makes a bridge to it")
            return self._supervise(address, tls=None, bridge=self._bridge(address), secret=secret)
        if address.scheme != "cstas":
            return self._supervise(address, tls=None, secret=secret)
        self._tls = self._tls or ssl.create_default_context()
        return self._supervise(address, tls=self._tls, secret=secret)

    def _start(self, name: str) -> None:
        if self._group is not None:
            self._tasks[name] = self._group.create_task(self._supervisors[name].run(), name=f"cti {name}")
