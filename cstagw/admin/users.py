"""One user over HTTP: /admin/v1/users/{uri}, and the device that he chooses for his line.

404: nobody has heard of him; 422: the device cannot be his; 503: the store of choices is down, so nothing has
changed.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from cstagw.admin.control import words_of
from cstagw.config.users import check_user
from cstagw.selection import StoreError
from cstagw.users import NotHis, UnknownUser

_NO_STORE = {"Cache-Control": "no-store"}
_WISH = 'write {"device": "SEP..."} or {"device": null}, with "line": "1001" for one line of several'


class UserReports(Protocol):
    """What is known of users, and their choices."""

    def report(self, user: str) -> dict[str, Any]:
        """Raises UnknownUser."""
        ...

    async def select(self, user: str, device: str | None, dn: str | None = None) -> None:
        """Raises UnknownUser, NotHis, StoreError."""
        ...


def user_routes(users: UserReports) -> list[web.RouteDef]:
    """To be mounted on the admin listener."""

    async def show(request: web.Request) -> web.Response:
        return await _answered(request, _nothing)

    async def select(request: web.Request) -> web.Response:
        words = await words_of(request)
        if words is None or not _is_wish(words):
            return _problem(422, _WISH)
        device, line = words["device"], words.get("line")
        return await _answered(request, lambda user: users.select(user, device, line))

    async def _answered(request: web.Request, act: Callable[[str], Awaitable[None]]) -> web.Response:
        try:
            user = check_user(request.match_info["uri"])
            await act(user)
            return web.json_response(users.report(user), headers=_NO_STORE)
        except UnknownUser as error:
            return _problem(404, f"nobody has heard of {error}: not in the directory, no session, no sign-in")
        except (NotHis, ValueError) as error:
            return _problem(422, str(error))
        except StoreError as error:
            return _problem(503, f"the choice is not kept: {error}", error.cure)

    return [
        web.get("/admin/v1/users/{uri}", show),
        web.post("/admin/v1/users/{uri}/selection", select),
    ]


async def _nothing(_user: str) -> None:
    """To look changes nothing."""


def _is_wish(words: dict[str, Any]) -> bool:
    device, line = words.get("device", ""), words.get("line")
    known = "device" in words and not words.keys() - {"device", "line"}
    return (
        known and "" not in (device, line) and isinstance(device, str | None) and isinstance(line, str | None)
    )


def _problem(status: int, text: str, cure: str = "") -> web.Response:
    return web.json_response(
        {"problems": [{"path": "", "text": text}], "cure": cure}, status=status, headers=_NO_STORE
    )
