"""One gateway node put together: simulator if nothing else is configured, CTIManager links, SIP endpoint,
admin listener.

Shell. Starts and stops the parts in order and answers what probes and metrics ask of them.
"""

from __future__ import annotations

import asyncio
import os
import platform
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from prometheus_client import CollectorRegistry

from ctimgr_client import CtiManagerAddress, CtiManagers, CtiManagerStatus
from ctimgr_client.simulator import Simulator
from sip import Endpoint, ListenAddress, Settings, TlsContexts, Transport

from . import __version__
from .access import Access
from .admin import AdminServer, control_routes, make_app, user_routes
from .bridges import Bridges, check_secrets, secret_of
from .certificates import Certificates
from .config import Config, HostPort
from .directory import Directory
from .drainer import Drainer
from .figures import SipFigures
from .gateway import Gateway
from .health import Facts, Readiness, Verdict
from .linking import Linking
from .log import get_logger
from .loop_lag import LoopLag
from .metrics import Metrics
from .numbers import Numbers
from .reload import Reload
from .users import Users

#: Seconds; 10,000 BYE leave in one.
_LONGEST_GOODBYE = 10.0
#: Seconds; clients answer that. A connection closed meanwhile is reset, and what is on its way is lost.
_LAST_WORDS = 1.0
#: Dialogs beyond the limit of sessions: who has none yet is told so by the gateway, not by the SIP endpoint.
_SPARE_DIALOGS = 1_000

_LOG = get_logger("cstagw.node")


class StartRefused(OSError):
    """A listener cannot be bound; the text names the key, the address and the reason."""


class Node:
    """`start` raises StartRefused where a listener cannot be bound, ConfigError where certificates or secrets
    cannot be used; whatever was started is stopped again then. `on_broken` is called where the node cannot go
    on, `on_drained` where it is to leave and nobody needs it any more; `reread` gives the configuration that
    is wanted at a reload.
    """

    def __init__(
        self,
        config: Config,
        on_broken: Callable[[], None] = lambda: None,
        on_drained: Callable[[], None] = lambda: None,
        reread: Callable[[], Config] | None = None,
    ) -> None:
        self.config = config
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)
        self.simulator: Simulator | None = None
        self.sip_addresses: list[ListenAddress] = []
        self.admin_address: HostPort = config.admin.listen
        self._on_broken = on_broken
        self._on_drained = on_drained
        self._reread = reread or (lambda: config)
        self._readiness = Readiness()
        self._lag = LoopLag(self._lag_measured)
        self._attempted = False
        self._bound = False
        self._started = AsyncExitStack()

    # --- life -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring everything up: the CTIManagers are dialled first, listeners are bound last."""
        async with AsyncExitStack() as started:  # whatever fails or cancels this takes down what is up
            certificates = Certificates(self.config.tls)
            check_secrets(self.config)
            self.reloading = Reload(
                self.config,
                self._reread,
                certificates=certificates,
                metrics=self.metrics,
                links_changed=lambda: self._linking.follow(),  # noqa: PLW0108 - is built later
                numbers_changed=self._use,
                wall_clock=time.time,
            )
            addresses = await self._addresses(started)
            sockets = Path(
                started.enter_context(TemporaryDirectory(prefix="cstagw-", ignore_cleanup_errors=True))
            )
            self._build(addresses, certificates.contexts(), sockets)
            self.drainer = self._make_drainer()
            self._linking.start(started)
            started.push_async_callback(self._endpoint.close)
            self._lag.start()
            started.callback(self._lag.stop)
            await self._serve_admin(started)
            await self._access.start(started, self._gateway.following)
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

    def _build(self, addresses: Sequence[CtiManagerAddress], tls: TlsContexts | None, sockets: Path) -> None:
        """The gateway and its two sides. Nothing is dialled or bound yet."""
        config = self.config
        numbers = config.numbers.compiled()
        self._access = Access(config, numbers)
        self._gateway = Gateway(
            metrics=self.metrics,
            policy=self._access.policy(numbers),
            later=asyncio.get_running_loop().call_later,
            ready=lambda: self.verdict().ready,
            move=config.session.on_cti_loss == "move",
        )
        self._managers = CtiManagers(
            addresses,
            application_id=f"cstagw-{platform.node()}",
            interval=config.heartbeat.interval,
            request_timeout=config.session.request_timeout,
            listener=self._gateway,
            load=self._gateway.load if config.session.placement == "least-devices" else None,
            tos=config.network.tos,
            bridge=Bridges(lambda: self.reloading.config, sockets).make,
            secret=self._secret,
        )
        self._linking = Linking(
            self._managers,
            lambda: [entry.address for entry in self.reloading.config.ctimanager],
            self._on_broken,
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
            tos=config.network.tos,
        )
        self._gateway.attach(self._endpoint, self._managers)
        self.metrics.watch(self)
        self._users = Users(
            self._access.lines,
            self._gateway.sessions,
            following=self._gateway.following,
            askings=self._gateway.sign_in.askings,
            keeping=self._access.keeping,
            clock=lambda: self._endpoint.now,
            wall_clock=time.time,
        )

    def _secret(self, address: CtiManagerAddress) -> str | None:
        wanted = [entry for entry in self.reloading.config.ctimanager if entry.address == address]
        return secret_of(wanted[0]) if wanted else None

    def _make_drainer(self) -> Drainer:
        loop = asyncio.get_running_loop()
        return Drainer(
            self._gateway,
            times=lambda: self.reloading.config.drain,
            used=lambda: self._endpoint.agent.counts.get(("in", "INVITE", ""), 0) > 0,
            leave=self._on_drained,
            clock=loop.time,
            later=loop.call_later,
        )

    def _use(self, numbers: Numbers) -> None:
        self._access.use(numbers)
        self._gateway.use(numbers)

    async def _serve_admin(self, started: AsyncExitStack) -> None:
        app = make_app(
            self,
            self._readiness,
            self.registry,
            node=platform.node(),
            version=__version__,
            clock=asyncio.get_running_loop().time,
            routes=[
                *control_routes(self.drainer, self.reloading),
                *user_routes(self._users),
                *(self.simulator.routes() if self.simulator else ()),
            ],
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
        await self._until(lambda: not len(self._gateway.sessions), _LONGEST_GOODBYE)
        await self._until(lambda: not self.sip().client_transactions, _LAST_WORDS)

    async def _until(self, condition: Callable[[], bool], longest: float) -> None:
        end = self._endpoint.now + longest
        while not condition() and self._endpoint.now < end:  # noqa: ASYNC110 - once
            await asyncio.sleep(0.01)

    # --- what probes ask ------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        """What is so now."""
        links = self._managers.status()
        self._attempted = self._attempted or all(link.connects or link.connect_failures for link in links)
        return Facts(
            config_loaded=True,
            listeners_bound=self._bound,
            cti_attempted=self._attempted,
            cti_in_service=self._managers.in_service(),
            directory_loaded=self._access.directory.usable,
            directory=self._access.directory.summary(time.time()),
            draining=self.draining,
            loop_lag=self._lag.current(),
        )

    @property
    def draining(self) -> bool:
        """Whether no new sessions are to come."""
        return self.drainer.draining

    def drain_status(self) -> dict[str, object]:
        """The phase of draining and the times left."""
        return self.drainer.status()

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
        moving = len(self._gateway.moving)
        return {"open": len(self._gateway.sessions) - moving, "moving": moving}

    def monitors(self) -> int:
        """Monitors open at CTIManagers."""
        return len(self._gateway.monitors)

    def directory(self) -> Directory:
        """Who may control what, as it is known."""
        return self._access.directory

    def selection_store_up(self) -> bool:
        """Whether choices can be kept."""
        return not self._access.keeping.error

    def access(self) -> dict[str, object]:
        """How the directory and the store of selections are."""
        return self._access.report()

    def links(self) -> Sequence[CtiManagerStatus]:
        """Every configured CTIManager."""
        return self._managers.status()

    def session_count(self) -> int:
        """Open CSTA sessions."""
        return len(self._gateway.sessions)

    def ctimanagers(self) -> list[dict[str, object]]:
        """One JSON object per CTIManager, in configured order.

        `cause` and `cure` are those of a state other than IN_SERVICE. `last_error` stays after the recovery:
        its age tells why a link that is up now was down before. `refused_lines` are those that it did not let
        us control within the last hour.
        """
        carried, devices = self.link_sessions(), self.link_devices()
        now = self._endpoint.now
        return [
            {
                "name": link.name,
                "address": str(link.address),
                "state": link.state,
                "since_seconds": round(now - link.since, 3),
                "generation": link.generation,
                "sessions": carried.get(link.name, 0),
                "devices": devices.get(link.name, 0),
                "requests_in_flight": link.requests_in_flight,
                "heartbeat_rtt_seconds": link.heartbeat_rtt,
                "disconnects": link.disconnects,
                "flaps": link.flaps,
                "cause": link.cause,
                "cure": link.cure,
                "last_error": link.last_error,
                "last_error_seconds_ago": link.last_error_at and round(now - link.last_error_at, 3),
                "refused_lines": self._gateway.refused_lines.report(link.name),
            }
            for link in self.links()
        ]

    def link_sessions(self) -> Mapping[str, int]:
        """CSTA sessions by the name of the CTIManager that carries them."""
        return self._gateway.sessions.count_by_link()

    def link_devices(self) -> Mapping[str, int]:
        """Devices in use by the name of the CTIManager that carries them."""
        return self._gateway.sessions.devices_by_link()


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
