"""The two simulators as processes of their own: a cluster of CTIManagers, and a client.

Shell; what the simulators do is in `ctimgr_client.simulator` and `cstagw.client`.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from ctimgr_client import CtiManagerAddress
from ctimgr_client.simulator import Limits, Simulator
from sip import Target

from .admin import AdminServer
from .client import (
    VERBS,
    Command,
    Line,
    RccClient,
    ServiceRefused,
    SignInRefused,
    UsageError,
    parse_script,
    play,
    render,
)
from .config import HostPort
from .tls import trusting

Say = Callable[[str], None]


async def ctimanagers(
    listen: Sequence[HostPort], phones: int, control: HostPort | None, limits: Limits, say: Say
) -> None:
    """Run a simulated cluster until SIGTERM or SIGINT. Raises OSError where an address cannot be bound."""
    simulator = Simulator(phones=phones, limits=limits)
    addresses = await simulator.start([(address.host, address.port) for address in listen])
    admin = None
    if control is not None:
        app = web.Application()
        app.add_routes(simulator.routes())
        admin = AdminServer(app, control)
        control = await admin.start()
    say("\n".join(_introduce(addresses, control)))
    await _told_to_stop()
    if admin is not None:
        await admin.stop()
    await simulator.stop()


def _introduce(addresses: Sequence[CtiManagerAddress], control: HostPort | None) -> list[str]:
    lines = ["simulated cluster; put this into the gateway's configuration:"]
    for address in addresses:
        lines += ["[[ctimanager]]", f'name = "{address.name}"', f'url = "{address}"']
    if control is not None:
        lines.append(f"control: curl http://{control}/sim/v1/state")
    return lines


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signs in where: SIP URI, Line URI, gateway, and the PEM file that verifies a gateway on TLS."""

    user: str
    line: str
    gateway: Target
    ca: Path | None = None


async def client(caller: Caller, script: Sequence[Command], say: Say) -> None:
    """Sign in, play the script (or what is typed), sign out.

    Raises SignInRefused, ServiceRefused, ConfigError for a useless `ca`, or OSError.
    """
    start = asyncio.get_running_loop().time()

    def watch(message: Line) -> None:
        say(render(message, start))

    rcc = RccClient(caller.user, caller.line, caller.gateway, watch=watch, tls=trusting(caller.ca))
    await rcc.sign_in()
    try:
        if script:
            await play(rcc, script)
        else:
            await _converse(rcc, say)
    finally:
        await rcc.sign_out()


async def _converse(rcc: RccClient, say: Say) -> None:
    say(usage())
    while not rcc.ended:
        line = await asyncio.to_thread(sys.stdin.readline)
        words = line.split()
        if not line or words in (["quit"], ["exit"]):
            return
        try:
            await play(rcc, parse_script(words))
        except (UsageError, ServiceRefused) as error:
            say(f"          {error}")
    raise SignInRefused(0, rcc.ended)


def usage() -> str:
    """The verbs, a line each."""
    rows = [f"  {name + ' ' + verb.parameters:<22} {verb.purpose}" for name, verb in VERBS.items()]
    return "\n".join(["verbs:", *rows, "  quit                   sign out"])


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
