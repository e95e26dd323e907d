"""One gateway node put together: simulator if nothing else is configured, CTIManager links, SIP endpoint,
admin listener.

Shell. Starts and stops the parts in order and answers what probes and metrics ask of them.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry

from ctimgr_client import CtiManagerAddress, CtiManagers, CtiManagerStatus
from ctimgr_client.simulator import Simulator
from sip import Endpoint, ListenAddress, Settings, Transport

from . import __version__
from .admin import AdminServer, make_app
from .config import Config, HostPort
from .gateway import Gateway
from .health import Facts, Readiness, Verdict
from .log import get_logger
from .loop_lag import LoopLag
from .metrics import Metrics
from .tls import contexts

#: Seconds; 10,000 BYE leave in one.
_LONGEST_GOODBYE = 10.0

_LOG = get_logger("cstagw.node")


class Node:
    """`start` raises OSError where a listener cannot be bound, ConfigError where certificates cannot be used;
    whatever was started is stopped again then.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.simulator: Simulator | None = None
        self.sip_addresses: list[ListenAddress] = []
        self.admin_address: HostPort = config.admin.listen
        self.draining = False
        self._readiness = Readiness()
        self._lag = LoopLag(self._lag_measured)
        self._bound = False
        self._links_task: asyncio.Task[None] | None = None

    # --- life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring everything up: the CTIManagers are dialled first, listeners are bound last."""
        config = self.config
        self._gateway = Gateway(
            metrics=self.metrics,
            max_sessions=config.session.max_sessions,
            later=asyncio.get_running_loop().call_later,
            ready=lambda: self.verdict().ready,
        )
        self._managers = CtiManagers(
            await self._addresses(),
            application_id=f"cstagw-{platform.node()}",
            interval=config.heartbeat.interval,
            request_timeout=config.session.request_timeout,
            listener=self._gateway,
        )
        settings = Settings(expires=int(config.session.expires), user_agent=f"cstagw/{__version__}".encode())
        self._endpoint = Endpoint(
            self._gateway.sip_event,
            settings=settings,
            advertise=config.sip.advertise or "",
            tls=contexts(config.tls),
            on_error=_log_error,
        )
        self._gateway.attach(self._endpoint, self._managers)
        self.metrics.watch(self)
        self._lag.start()
        self._links_task = asyncio.create_task(self._managers.run(), name="cti links")
        app = make_app(
            self,
            self._readiness,
            self.registry,
            node=platform.node(),
            version=__version__,
            clock=asyncio.get_running_loop().time,
            routes=self.simulator.routes() if self.simulator else (),
        )
        self._admin = AdminServer(app, config.admin.listen)
        try:
            self.admin_address = await self._admin.start()
            listen = [
                ListenAddress(Transport(url.transport), url.host, url.port) for url in config.sip.listen
            ]
            self.sip_addresses = await self._endpoint.listen(listen)
        except OSError:
            await self.stop()
            raise
        self._bound = True

    async def stop(self) -> None:
        """Tell every client, then take everything down."""
        self._bound = False
        self._gateway.end_all("the gateway is stopping", "drain")
        await self._all_told()
        await self._endpoint.close()
        await self._admin.stop()
        if self._links_task is not None:
            self._links_task.cancel()
            await asyncio.gather(self._links_task, return_exceptions=True)
        if self.simulator is not None:
            await self.simulator.stop()
        self._lag.stop()

    async def _all_told(self) -> None:
        """Wait until every session has had its BYE; they leave at a pace."""
        end = self._endpoint.now + _LONGEST_GOODBYE
        while len(self._gateway.sessions) and self._endpoint.now < end:  # noqa: ASYNC110 - once
            await asyncio.sleep(0.01)

    async def _addresses(self) -> Sequence[CtiManagerAddress]:
        if self.config.ctimanager:
            return [entry.address for entry in self.config.ctimanager]
        wanted = self.config.simulator
        self.simulator = Simulator(phones=wanted.added_lines)
        return await self.simulator.start([("127.0.0.1", 0)] * wanted.ctimanagers)

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

    def sip_connections(self) -> Mapping[str, int]:
        """Open SIP connections by transport."""
        return self._endpoint.connection_counts

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
        """One JSON object per CTIManager, in configured order."""
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
            }
            for link in self.links()
        ]

    def link_sessions(self) -> Mapping[str, int]:
        """CSTA sessions by the name of the CTIManager that carries them."""
        return self._gateway.sessions.count_by_link()


def _log_error(what: str, error: BaseException) -> None:
    _LOG.error("sip.failed", what=what, exc_info=error)
