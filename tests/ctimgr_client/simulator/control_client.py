"""The control API of a running simulator over HTTP, in few words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ctimgr_client.simulator import Simulator
from tests.ctimgr_client.simulator.raw_client import running

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def over_http(simulator: Simulator) -> AsyncIterator[Client]:
    application = web.Application()
    application.add_routes(simulator.routes())
    async with TestClient(TestServer(application)) as client:
        yield client


@asynccontextmanager
async def control(count: int = 0) -> AsyncIterator[tuple[Client, Simulator]]:
    async with running(count) as site, over_http(site.simulator) as client:
        yield client, site.simulator


async def post(client: Client, path: str, body: object = None, status: int = 200) -> Any:
    response = await client.post(f"/sim/v1/{path}", json=body) if body is not None else None
    if response is None:
        response = await client.post(f"/sim/v1/{path}")
    answer = await response.json()
    assert response.status == status, answer
    return answer


async def state(client: Client) -> Any:
    response = await client.get("/sim/v1/state")
    assert response.status == 200
    return await response.json()


def parties(call: Any) -> list[tuple[str, str | None, str]]:
    return [(party["dn"], party["device"], party["state"]) for party in call["parties"]]
