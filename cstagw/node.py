"""One gateway node put together: simulator if nothing else is configured, CTIManager links, SIP endpoint,
admin listener.

Shell. Starts and stops the parts in order and answers what probes and metrics ask of them.
"""

from __future__ import annotations

import asyncio
import os
import platform
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager

from prometheus_client import CollectorRegistry

from ctimgr_client import CtiManagerAddress, CtiManagers, CtiManagerStatus
from ctimgr_client.simulator import Simulator
from sip import Endpoint, ListenAddress, Settings, TlsContexts, Transport

from . import __version__
from .admin import AdminServer, make_app
from .config import Config, HostPort
from .figures import SipFigures
from .gateway import Gateway
from .health import Facts, Readiness, Verdict
from .log import get_logger
from .loop_lag import LoopLag
from .metrics import Metrics
from .tls import contexts

#: Seconds; 10,000 BYE leave in one.
_LONGEST_GOODBYE = 10.0
#: Dialogs beyond the limit of sessions: who has none yet is told so by the gateway, not by the SIP endpoint.
_SPARE_DIALOGS = 1_000

_LOG = get_logger("cstagw.node")


class StartRefused(OSError):
    """A listener cannot be bound; the text names the key, the address and the reason."""


class Node:
    """`start` raises StartRefused where a listener cannot be bound, ConfigError where certificates cannot be
    used; whatever was started is stopped again then. `on_broken` is called where the node cannot go on.
    """

    def __init__(self, config: Config, on_broken: Callable[[], None] = lambda: None) -> None:
        self.config = config
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.simulator: Simulator | None = None
        self.sip_addresses: list[ListenAddress] = []
        self.admin_address: HostPort = config.admin.listen
        self.draining = False
        self._on_broken = on_broken
        self._readiness = Readiness()
        self._lag = LoopLag(self._lag_measured)
        self._bound = False
        self._started = AsyncExitStack()

    # --- life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring everything up: the CTIManagers are dialled first, listeners are bound last."""
        async with AsyncExitStack() as started:  # whatever fails or cancels this takes down what is up
            tls = contexts(self.config.tls)
            addresses = await self._addresses(started)
            self._build(addresses, tls)
            started.push_async_callback(self._unlink, self._link())
            started.push_async_callback(self._endpoint.close)
            self._lag.start()
            started.callback(self._lag.stop)
            await self._serve_admin(started)
            await self._listen()
            self._started = started.pop_all()
        self._bound = True

    async def stop(self) -> None:
        """Tell every client, then take everything down, what came last first."""
        if not self._bound:
            return
        self._bound = False
        started, self._started = self._started, AsyncExitStack()
        async with started:
            self._gateway.close()
            await self._all_told()

    async def _addresses(self, started: AsyncExitStack) -> Sequence[CtiManagerAddress]:
        if self.config.ctimanager:
            return [entry.address for entry in self.config.ctimanager]
        wanted = self.config.simulator
        self.simulator = Simulator(phones=wanted.added_lines)
        started.push_async_callback(self.simulator.stop)
        return await self.simulator.start([("127.0.0.1", 0)] * wanted.ctimanagers)

    def _build(self, addresses: Sequence[CtiManagerAddress], tls: TlsContexts | None) -> None:
        """The gateway and its two sides. Nothing is dialled or bound yet."""
        config = self.config
        self._gateway = Gateway(
            metrics=self.metrics,
            max_sessions=config.session.max_sessions,
            later=asyncio.get_running_loop().call_later,
            ready=lambda: self.verdict().ready,
        )
        self._managers = CtiManagers(
            addresses,
            application_id=f"cstagw-{platform.node()}",
            interval=config.heartbeat.interval,
            request_timeout=config.session.request_timeout,
            listener=self._gateway,
        )
        self._endpoint = Endpoint(
            self._gateway.sip_event,
            settings=Settings(
                expires=int(config.session.expires),
                user_agent=f"cstagw/{__version__}".encode(),
                max_dialogs=config.session.max_sessions + _SPARE_DIALOGS,
            ),
            advertise=config.sip.advertise or "",
            tls=tls,
            on_error=_log_error,
        )
        self._gateway.attach(self._endpoint, self._managers)
        self.metrics.watch(self)

    def _link(self) -> asyncio.Task[None]:
        links = asyncio.create_task(self._managers.run(), name="cti links")
        links.add_done_callback(self._links_ended)
        return links

    async def _unlink(self, links: asyncio.Task[None]) -> None:
        links.cancel()
        await asyncio.gather(links, return_exceptions=True)

    def _links_ended(self, links: asyncio.Task[None]) -> None:
        """Without its links a node is of no use; a new process may be."""
        if not links.cancelled():
            _LOG.error("node.links_ended", exc_info=links.exception())
            self._on_broken()

    async def _serve_admin(self, started: AsyncExitStack) -> None:
        app = make_app(
            self,
            self._readiness,
            self.registry,
            node=platform.node(),
            version=__version__,
            clock=asyncio.get_running_loop().time,
            routes=self.simulator.routes() if self.simulator else (),
        )
        wanted = self.config.admin.listen
        admin = AdminServer(app, wanted)
        started.push_async_callback(admin.stop)
        with _named(f"admin.listen {wanted}", wanted.host):
            self.admin_address = await admin.start()

    async def _listen(self) -> None:
        for index, url in enumerate(self.config.sip.listen):
            address = ListenAddress(Transport(url.transport), url.host, url.port)
            with _named(f"sip.listen[{index}] {url}", url.host):
                self.sip_addresses += await self._endpoint.listen([address])

    async def _all_told(self) -> None:
        """Wait until every session has had its BYE; they leave at a pace."""
        end = self._endpoint.now + _LONGEST_GOODBYE
        while len(self._gateway.sessions) and self._endpoint.now < end:  # noqa: ASYNC110 - once
            await asyncio.sleep(0.01)

    # --- what probes ask ------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        """What is so now."""
        links = self._managers.status()
        attempted = all(link.connects or link.connect_failures for link in links)
        return Facts(
            config_loaded=True,
            listeners_bound=self._bound,
            cti_attempted=attempted,
            cti_in_service=self._managers.in_service(),
            draining=self.draining,
            loop_lag=self._lag.current(),
        )

    def verdict(self) -> Verdict:
        """Whether new sessions are to be sent here."""
        return self._readiness.observe(self.facts(), self._endpoint.now)

    def _lag_measured(self, seconds: float) -> None:
        self.metrics.loop_lag(seconds)
        self.verdict()

    # --- what metrics and the admin interface ask -----------------------------------------------------------

    def ready(self) -> bool:
        """As /readyz answers."""
        return self.verdict().ready

    def tasks(self) -> int:
        """Tasks on the event loop."""
        return len(asyncio.all_tasks())

    def sip(self) -> SipFigures:
        """What the SIP endpoint has counted, and what is open there."""
        endpoint, agent = self._endpoint, self._endpoint.agent
        server, client = agent.transaction_counts
        return SipFigures(
            connections=endpoint.connection_counts,
            dialogs=agent.dialog_count,
            server_transactions=server,
            client_transactions=client,
            counts=agent.counts,
            refusals=agent.refusals,
            absorbed=agent.absorbed,
            counters=endpoint.counters,
        )

    def sessions(self) -> Mapping[str, int]:
        """CSTA sessions by state."""
        return {"open": len(self._gateway.sessions)}

    def monitors(self) -> int:
        """Monitors open at CTIManagers."""
        return len(self._gateway.monitors)

    def links(self) -> Sequence[CtiManagerStatus]:
        """Every configured CTIManager."""
        return self._managers.status()

    def session_count(self) -> int:
        """Open CSTA sessions."""
        return len(self._gateway.sessions)

    def ctimanagers(self) -> list[dict[str, object]]:
        """One JSON object per CTIManager, in configured order.

        `last_error` stays after the recovery: its age tells why a link that is up now was down before.
        """
        carried = self.link_sessions()
        now = self._endpoint.now
        return [
            {
                "name": link.name,
                "address": str(link.address),
                "state": link.state,
                "since_seconds": round(now - link.since, 3),
                "generation": link.generation,
                "sessions": carried.get(link.name, 0),
                "requests_in_flight": link.requests_in_flight,
                "heartbeat_rtt_seconds": link.heartbeat_rtt,
                "disconnects": link.disconnects,
                "last_error": link.last_error,
                "last_error_seconds_ago": link.last_error_at and round(now - link.last_error_at, 3),
            }
            for link in self.links()
        ]

    def link_sessions(self) -> Mapping[str, int]:
        """CSTA sessions by the name of the CTIManager that carries them."""
        return self._gateway.sessions.count_by_link()


def _log_error(what: str, error: BaseException) -> None:
    _LOG.error("sip.failed", what=what, exc_info=error)


@contextmanager
def _named(listener: str, host: str) -> Iterator[None]:
    """What goes wrong with a listener is said with its key."""
    try:
        yield
    except socket.gaierror as error:
        reason = f"the host {host} cannot be resolved ({error.strerror})"
        raise StartRefused(f"{listener}: {reason}") from error
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise StartRefused(f"{listener}: {reason}") from error
