"""The routes of the admin listener: probes, metrics, and JSON about the gateway under /admin/v1/.

Probes cost no log line. While the node drains, /readyz answers 404 rather than 503: `disable-on-404` of
HAProxy then keeps the dialogs that exist and sends no new ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from cstagw.admin.view import GatewayView
from cstagw.health import Readiness, Verdict, alive, started

_NO_STORE = {"Cache-Control": "no-store"}


def make_app(
    view: GatewayView,
    readiness: Readiness,
    registry: CollectorRegistry,
    *,
    node: str,
    version: str,
    clock: Callable[[], float],
    routes: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """The application; `clock` is monotonic seconds, `routes` are mounted beside its own."""
    pages = _Pages(view, readiness, clock, node, version)
    app = web.Application()
    app.add_routes(
        [
            web.get("/livez", pages.livez),
            web.get("/readyz", pages.readyz),
            web.get("/startupz", pages.startupz),
            web.get("/metrics", make_aiohttp_handler(registry)),
            web.get("/admin/v1/status", pages.status),
            web.get("/admin/v1/ctimanagers", pages.ctimanagers),
            *routes,
        ]
    )
    return app


@dataclass(frozen=True, slots=True)
class _Pages:
    view: GatewayView
    readiness: Readiness
    clock: Callable[[], float]
    node: str
    version: str

    async def livez(self, _request: web.Request) -> web.Response:
        return _probe(200 if alive(self.view.facts()) else 503, "alive", "not alive: the event loop hangs")

    async def startupz(self, _request: web.Request) -> web.Response:
        text = "not started: no attempt to reach a CTIManager has been made yet, or there is no directory"
        return _probe(200 if started(self.view.facts()) else 503, "started", text)

    async def readyz(self, request: web.Request) -> web.Response:
        verdict = self._verdict()
        status = 200 if verdict.ready else 404 if verdict.draining else 503
        if "verbose" in request.query:
            lines = "\n".join(_line(check.passed, check.name, check.text) for check in verdict.checks)
            return _probe(status, f"ready\n{lines}", f"not ready\n{lines}")
        return _probe(status, "ready", f"not ready: {_failed(verdict)}")

    async def status(self, _request: web.Request) -> web.Response:
        verdict = self._verdict()
        links, sip = self.view.ctimanagers(), self.view.sip()
        return _json(
            {
                "node": self.node,
                "version": self.version,
                "ready": verdict.ready,
                "draining": verdict.draining,
                "drain": self.view.drain_status(),
                "checks": [asdict(check) for check in verdict.checks],
                "sessions": self.view.session_count(),
                **self.view.access(),
                "sip": {
                    "connections": sip.connections,
                    "dialogs": sip.dialogs,
                    "transactions": {"server": sip.server_transactions, "client": sip.client_transactions},
                },
                "ctimanagers": {"configured": len(links), "in_service": self.view.facts().cti_in_service},
            }
        )

    async def ctimanagers(self, _request: web.Request) -> web.Response:
        return _json({"ctimanagers": self.view.ctimanagers()})

    def _verdict(self) -> Verdict:
        return self.readiness.observe(self.view.facts(), self.clock())


def _probe(status: int, good: str, bad: str) -> web.Response:
    return web.Response(status=status, text=f"{good if status == 200 else bad}\n", headers=_NO_STORE)


def _line(passed: bool, name: str, text: str) -> str:
    return f"[{'+' if passed else '-'}] {name}: {text}"


def _failed(verdict: Verdict) -> str:
    return ", ".join(check.name for check in verdict.checks if not check.passed)


def _json(value: object) -> web.Response:
    return web.json_response(value, headers=_NO_STORE)
