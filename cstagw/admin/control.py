"""What an administrator can do to a running node: drain it, take that back, reload the configuration, change
the level of the log.

Routes under /admin/v1/. A mistake in what was given is 422 with all problems, a request that comes too late
409.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from aiohttp import web

from cstagw.config import Changes, ConfigError, Problem


class Drains(Protocol):
    """What drains the node."""

    def begin(self, *, leave: bool) -> None:
        """Take no new sessions after the notice, end those left at the deadline, then end the process where
        it is to leave.
        """

    def take_back(self) -> bool:
        """Serve again; False where it is too late."""
        ...

    def status(self) -> dict[str, object]:
        """The phase and the times left."""
        ...


class Reloads(Protocol):
    """What changes the node while it runs."""

    def reload(self) -> Changes:
        """Read the configuration again and apply it. Raises ConfigError."""
        ...

    def log_level(self) -> str:
        """What is written at present."""
        ...

    def set_log_level(self, level: str) -> None:
        """Until the next reload. Raises ConfigError."""


def control_routes(drains: Drains, reloads: Reloads) -> list[web.RouteDef]:
    """To be mounted on the admin listener."""

    async def drain(request: web.Request) -> web.Response:
        words = await words_of(request)
        leave = words.get("exit", True) if words is not None else None
        if words is None or not isinstance(leave, bool) or words.keys() - {"exit"}:
            return _refused([Problem("", 'write nothing, or a JSON object with "exit": true or false')])
        drains.begin(leave=leave)
        return web.json_response(drains.status())

    async def undrain(_request: web.Request) -> web.Response:
        return web.json_response(drains.status(), status=200 if drains.take_back() else 409)

    async def reload(_request: web.Request) -> web.Response:
        return _unless_refused(lambda: _changes(reloads.reload()))

    async def log_level(_request: web.Request) -> web.Response:
        return web.json_response({"level": reloads.log_level()})

    async def set_log_level(request: web.Request) -> web.Response:
        level = (await words_of(request) or {}).get("level")

        def change() -> dict[str, Any]:
            reloads.set_log_level(str(level))
            return {"level": reloads.log_level()}

        return _unless_refused(change)

    return [
        web.post("/admin/v1/drain", drain),
        web.post("/admin/v1/undrain", undrain),
        web.post("/admin/v1/reload", reload),
        web.get("/admin/v1/loglevel", log_level),
        web.post("/admin/v1/loglevel", set_log_level),
    ]


async def words_of(request: web.Request) -> dict[str, Any] | None:
    """The JSON object of the body, an empty one without a body; None for anything else."""
    try:
        words = await request.json() if request.can_read_body else {}
    except (ValueError, LookupError, RecursionError):  # no JSON, an unknown charset, brackets without end
        return None
    return words if isinstance(words, dict) else None


def _unless_refused(action: Callable[[], dict[str, Any]]) -> web.Response:
    try:
        return web.json_response(action())
    except ConfigError as error:
        return _refused(error.problems)


def _refused(problems: Iterable[Problem]) -> web.Response:
    return web.json_response({"problems": [_problem(one) for one in problems]}, status=422)


def _problem(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "text": problem.text}


def _changes(found: Changes) -> dict[str, Any]:
    return {"applied": found.applied, "restart": found.restart}
