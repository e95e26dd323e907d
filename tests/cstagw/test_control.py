"""What an administrator can do to a running node, over HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cstagw.admin import control_routes
from cstagw.config import Changes, Config, ConfigError, Problem

Client = TestClient[web.Request, web.Application]
MISTAKES = ConfigError([Problem("log.level", "given loud"), Problem("sip.listn", "unknown key")])


@dataclass
class Node:
    """What is done to it; both sides of the control."""

    begun: int = 0
    leaves: bool | None = None
    too_late: bool = False
    changes: Changes = field(default_factory=lambda: Changes(("log.level",), ("sip.listen",), Config()))
    mistakes: ConfigError | None = None
    level: str = "info"

    def begin(self, *, leave: bool) -> None:
        self.begun += 1
        self.leaves = leave

    def take_back(self) -> bool:
        return not self.too_late

    def status(self) -> dict[str, object]:
        return {"phase": "notice", "sessions": self.begun}

    def reload(self) -> Changes:
        if self.mistakes is not None:
            raise self.mistakes
        return self.changes

    def log_level(self) -> str:
        return self.level

    def set_log_level(self, level: str) -> None:
        if level != "debug":
            raise ConfigError([Problem("level", f"given {level}")])
        self.level = level


@pytest.fixture
def node() -> Node:
    return Node()


@pytest_asyncio.fixture
async def client(node: Node) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(control_routes(node, node))
    async with TestClient(TestServer(app)) as client:
        yield client


async def post(client: Client, path: str, body: str = "") -> tuple[int, dict[str, Any]]:
    async with client.post(f"/admin/v1/{path}", data=body) as response:
        return response.status, await response.json()


@pytest.mark.asyncio
async def test_drain_tells_how_it_is(client: Client, node: Node) -> None:
    assert await post(client, "drain") == (200, {"phase": "notice", "sessions": 1})
    assert (await post(client, "drain"))[0] == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "leaves"), [("", True), ('{"exit": true}', True), ('{"exit": false}', False)]
)
async def test_a_drain_ends_the_process_unless_it_is_to_stay(
    client: Client, node: Node, body: str, leaves: bool
) -> None:
    assert (await post(client, "drain", body))[0] == 200
    assert node.leaves is leaves


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body", ['{"exit": "maybe"}', "{exit: false}", '{"Exit": false}', "[]", "[" * 100_000]
)
async def test_a_drain_that_is_asked_for_wrongly_does_not_begin(
    client: Client, node: Node, body: str
) -> None:
    code, answer = await post(client, "drain", body)
    assert (code, node.begun) == (422, 0)
    assert "true or false" in str(answer)


@pytest.mark.asyncio
async def test_undrain_in_time_and_too_late(client: Client, node: Node) -> None:
    assert (await post(client, "undrain"))[0] == 200
    node.too_late = True
    assert await post(client, "undrain") == (409, {"phase": "notice", "sessions": 0})


@pytest.mark.asyncio
async def test_reload_tells_what_it_did(client: Client) -> None:
    assert await post(client, "reload") == (200, {"applied": ["log.level"], "restart": ["sip.listen"]})


@pytest.mark.asyncio
async def test_reload_tells_all_mistakes(client: Client, node: Node) -> None:
    node.mistakes = MISTAKES
    problems = [
        {"path": "log.level", "text": "given loud"},
        {"path": "sip.listn", "text": "unknown key"},
    ]
    assert await post(client, "reload") == (422, {"problems": problems})


@pytest.mark.asyncio
async def test_the_level_of_the_log(client: Client, node: Node) -> None:
    assert await post(client, "loglevel", json.dumps({"level": "debug"})) == (200, {"level": "debug"})
    async with client.get("/admin/v1/loglevel") as response:
        assert await response.json() == {"level": "debug"}


@pytest.mark.asyncio
@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"level": 5}', '{"level": "loud"}', "\xff"])
async def test_no_level(client: Client, node: Node, body: str) -> None:
    status, answer = await post(client, "loglevel", body)
    assert (status, [one["path"] for one in answer["problems"]]) == (422, ["level"])
    assert node.level == "info"
