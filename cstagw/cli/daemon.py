"""What commands say to a running gateway: HTTP to its admin listener."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import click

from cstagw.cli.exits import Failure, NotReachable
from cstagw.cli.options import load_config
from cstagw.config.addresses import HostPort, parse_host_port

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_TIMEOUT = 10.0
#: What a route says in JSON: done or not possible now, of which GET knows the first only.
_SHOWN, _DONE, _ABOUT_SOMEBODY = {200}, {200, 409, 422}, {200, 404, 422, 503}


class Daemon:
    """Ends the command with exit code 4 where nobody answers."""

    def __init__(self, admin: HostPort) -> None:
        self._admin = admin
        self._opener = build_opener(ProxyHandler({}))  # no proxy stands between us and our own daemon

    def get(self, path: str) -> dict[str, Any]:
        """The JSON object there."""
        return self._ask(path, None, _SHOWN)[1]

    def post(self, path: str, words: Mapping[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        """The status, 200, 409 or 422, and the JSON object of the answer."""
        return self._ask(path, words or {}, _DONE)

    def ask(self, path: str, words: Mapping[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        """About somebody who may not be there; with words a change of him. The status, 200, 404, 422 or 503,
        and the JSON object of the answer."""
        return self._ask(path, words, _ABOUT_SOMEBODY)

    def _ask(
        self, path: str, words: Mapping[str, object] | None, understood: set[int]
    ) -> tuple[int, dict[str, Any]]:
        body = None if words is None else json.dumps(words).encode()
        headers = {} if words is None else {"Content-Type": "application/json"}
        request = Request(f"http://{self._admin}{path}", body, headers)
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                status, body = answer.status, answer.read()
        except HTTPError as error:
            status, body = error.code, error.read()
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise NotReachable(
                f"no gateway answers at {self._admin}: {getattr(reason, 'strerror', None) or reason}",
                next_step="start one with `cstagw serve`, or give its admin listener with --admin HOST:PORT",
            ) from None
        if status in understood:
            with suppress(ValueError):
                found: dict[str, Any] = json.loads(body)
                return status, found
        raise Failure(
            f"{self._admin} answered {status} to {request.selector}, which no gateway does",
            next_step="see what listens there, and whether it is of this version",
        )


def admin_option(command: Decorated) -> Decorated:
    """--admin HOST:PORT, else `[admin] listen`; the command gets a `daemon`."""

    def connect(_context: click.Context, _parameter: click.Parameter, admin: str | None) -> Daemon:
        if admin is None:
            without = ". A gateway that runs is reached without a configuration by --admin HOST:PORT"
            return Daemon(load_config(otherwise=without).admin.listen)
        try:
            return Daemon(parse_host_port(admin))
        except ValueError as error:
            raise click.BadParameter(f"{error}; write HOST:PORT") from None

    return click.option(
        "--admin",
        "daemon",
        metavar="HOST:PORT",
        help="Admin listener of the gateway; else [admin] listen of the configuration.",
        callback=connect,
    )(command)
