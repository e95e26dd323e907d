"""The two simulators as processes of their own: a cluster of CTIManagers, and a client.

Shell; what the simulators do is in `ctimgr_client.simulator` and `cstagw.client`.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from ctimgr_client import CtiManagerAddress
from ctimgr_client.simulator import Limits, Simulator
from sip import Target

from .admin import AdminServer
from .client import (
    WORDS,
    Command,
    Line,
    RccClient,
    ServiceRefused,
    UsageError,
    parse_script,
    play,
    render,
)
from .config import HostPort
from .tls import trusting
from .typed import Typed

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


class SessionEnded(Exception):
    """It ended before everything was done, and not by `quit`."""


async def client(caller: Caller, script: Sequence[Command], say: Say) -> None:
    """Sign in, play the script (or what is typed), sign out.

    Raises SignInRefused, SessionEnded, ServiceRefused, ConfigError for a useless `ca`, or OSError.
    """
    start = asyncio.get_running_loop().time()
    screen = _Screen(say, prompts=not script and sys.stdin.isatty())

    def watch(message: Line) -> None:
        screen.show(render(message, start))

    rcc = RccClient(caller.user, caller.line, caller.gateway, watch=watch, tls=trusting(caller.ca))
    await rcc.sign_in()
    try:
        stopped = await _unless_it_ends(rcc, play(rcc, script) if script else _converse(rcc, screen))
        if stopped and script:
            raise SessionEnded("interrupted")
    finally:
        screen.close()
        await rcc.sign_out()


async def _unless_it_ends(rcc: RccClient, work: Coroutine[object, object, None]) -> bool:
    """Do the work until it is done, the gateway ends the session, or a signal comes (True)."""
    tasks = [asyncio.create_task(one) for one in (work, rcc.over(), _told_to_stop())]
    doing, over, _ = tasks
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    done = not doing.cancelled()
    if not over.cancelled() and not (done and doing.exception() is None):
        raise SessionEnded(rcc.ended)
    if done:
        doing.result()
    return not done


async def _converse(rcc: RccClient, screen: _Screen) -> None:
    typed = Typed(sys.stdin.fileno())
    screen.show(usage())
    screen.open()
    while True:
        line = await typed.line()
        words = (line or "").split()
        if line is None or words in (["quit"], ["exit"]):
            return
        if words == ["help"]:
            screen.show(usage())
            continue
        try:
            await play(rcc, parse_script(words))
        except (UsageError, ServiceRefused) as error:
            screen.show(f"          {error}")
        else:
            screen.open()


class _Screen:
    """What is shown while somebody types: a prompt below the last line, where there is a terminal."""

    def __init__(self, say: Say, *, prompts: bool) -> None:
        self._say = say
        self._prompts = prompts
        self._open = False

    def open(self) -> None:
        """Ask for a line."""
        self._open = self._prompts
        if self._open:
            sys.stdout.write("\r> ")
            sys.stdout.flush()

    def show(self, text: str) -> None:
        """A line of its own, above the prompt."""
        self._say(f"\r{text}" if self._open else text)
        if self._open:
            self.open()

    def close(self) -> None:
        """No prompt any more."""
        if self._open:
            self._say("")
        self._open = False


def usage() -> str:
    """The verbs, a line each."""
    verbs = [(f"{name} {parameters}", purpose) for name, (parameters, purpose) in WORDS.items()]
    own = [("help", "this list"), ("quit", "sign out")]
    return "\n".join(["verbs:", *(f"  {verb:<24} {purpose}" for verb, purpose in (*verbs, *own))])


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
