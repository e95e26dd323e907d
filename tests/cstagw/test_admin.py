import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from cstagw.admin import AdminServer, make_app
from cstagw.config import HostPort
from cstagw.figures import SipFigures
from cstagw.health import Facts, Readiness
from cstagw.metrics import Metrics
from tests.cstagw.test_figures import SIP

GOOD = Facts(
    config_loaded=True,
    listeners_bound=True,
    cti_attempted=True,
    cti_in_service=1,
    directory_loaded=True,
    directory="open",
)
Client = TestClient[web.Request, web.Application]


@dataclass
class Node:
    """A gateway as the admin listener sees it, and the clock."""

    now: float = 100.0
    state: Facts = GOOD
    links: list[dict[str, object]] = field(
        default_factory=lambda: [{"name": "ctim1", "state": "IN_SERVICE"}, {"name": "ctim2"}]
    )

    def facts(self) -> Facts:
        return self.state

    def drain_status(self) -> dict[str, object]:
        return {"phase": "serving"}

    def access(self) -> dict[str, object]:
        return {"directory": {"source": "open"}}

    def session_count(self) -> int:
        return 7

    def sip(self) -> SipFigures:
        return SIP

    def ctimanagers(self) -> list[dict[str, object]]:
        return self.links

    def clock(self) -> float:
        return self.now


@pytest.fixture
def node() -> Node:
    return Node()


def app_of(node: Node) -> web.Application:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    registry = CollectorRegistry()
    Metrics(registry)
    return make_app(
        node,
        Readiness(),
        registry,
        node="gw1",
        version="1.2.3",
        clock=node.clock,
        routes=[web.get("/sim/v1/hello", hello)],
    )


@pytest_asyncio.fixture
async def client(node: Node) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app_of(node))) as client:
        yield client


async def get(client: Client, path: str) -> tuple[int, str]:
    async with client.get(path) as response:
        return response.status, (await response.text()).strip()


@pytest.mark.asyncio
async def test_alive_whatever_the_ctimanagers_do(client: Client, node: Node) -> None:
    node.state = Facts()
    assert await get(client, "/livez") == (200, "alive")
    node.state = Facts(loop_lag=5.0)
    assert (await get(client, "/livez"))[0] == 503


@pytest.mark.asyncio
async def test_started_after_the_first_attempt(client: Client, node: Node) -> None:
    node.state = replace(GOOD, cti_attempted=False)
    assert (await get(client, "/startupz"))[0] == 503
    node.state = replace(GOOD, cti_in_service=0)
    assert await get(client, "/startupz") == (200, "started")


@pytest.mark.asyncio
async def test_ready_after_a_stable_while_and_unready_at_once(client: Client, node: Node) -> None:
    assert await get(client, "/readyz") == (503, "not ready: stable")
    node.now += 2.0
    assert await get(client, "/readyz") == (200, "ready")
    node.state = replace(GOOD, cti_in_service=0)
    assert await get(client, "/readyz") == (503, "not ready: ctimanagers, stable")


@pytest.mark.asyncio
async def test_404_while_draining(client: Client, node: Node) -> None:
    node.state = replace(GOOD, draining=True)
    assert (await get(client, "/readyz"))[0] == 404


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["?verbose", "?verbose=1"])
async def test_the_checks_are_listed(client: Client, node: Node, query: str) -> None:
    node.state = replace(GOOD, cti_in_service=0)
    status, text = await get(client, f"/readyz{query}")
    assert status == 503
    assert text.splitlines() == [
        "not ready",
        "[+] config: loaded",
        "[+] listeners: bound",
        "[-] ctimanagers: 0 in service",
        "[+] directory: open",
        "[+] draining: no",
        "[+] loop_lag: 0.000 s",
        "[-] stable: all good for 0.0 s of 2.0 s",
    ]


@pytest.mark.asyncio
async def test_metrics(client: Client) -> None:
    status, text = await get(client, "/metrics")
    assert status == 200
    assert "cstagw_build_info" in text


@pytest.mark.asyncio
async def test_status(client: Client, node: Node) -> None:
    async with client.get("/admin/v1/status") as response:
        status = await response.json()
        assert response.headers["Cache-Control"] == "no-store"
    assert {
        key: status[key] for key in ("node", "version", "ready", "draining", "sessions", "sip", "ctimanagers")
    } == {
        "node": "gw1",
        "version": "1.2.3",
        "ready": False,
        "draining": False,
        "sessions": 7,
        "sip": {
            "connections": {"tcp": 2, "tls": 0},
            "dialogs": 40,
            "transactions": {"server": 3, "client": 2},
        },
        "ctimanagers": {"configured": 2, "in_service": 1},
    }
    assert status["drain"] == {"phase": "serving"}
    assert status["checks"][2] == {"name": "ctimanagers", "passed": True, "text": "1 in service"}


@pytest.mark.asyncio
async def test_ctimanagers(client: Client, node: Node) -> None:
    async with client.get("/admin/v1/ctimanagers") as response:
        assert await response.json() == {"ctimanagers": node.links}


@pytest.mark.asyncio
async def test_other_routes_can_be_mounted(client: Client) -> None:
    assert await get(client, "/sim/v1/hello") == (200, "hello")
    assert (await get(client, "/nothing"))[0] == 404


@pytest.mark.asyncio
async def test_the_listener_binds_a_free_port_and_lets_it_go(node: Node) -> None:
    server = AdminServer(app_of(node), HostPort("127.0.0.1", 0))
    bound = await server.start()
    assert bound.port > 0
    reader, writer = await asyncio.open_connection(bound.host, bound.port)
    writer.write(b"GET /livez HTTP/1.0\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.0 200")
    writer.close()
    await writer.wait_closed()
    await server.stop()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection(bound.host, bound.port)


@pytest.mark.asyncio
async def test_a_taken_port_is_an_error_and_leaves_nothing_behind(node: Node) -> None:
    first = AdminServer(app_of(node), HostPort("127.0.0.1", 0))
    second = AdminServer(app_of(node), await first.start())
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.stop()
    await first.stop()


@pytest.mark.asyncio
async def test_stop_without_a_start(node: Node) -> None:
    await AdminServer(app_of(node), HostPort("127.0.0.1", 0)).stop()
