"""Run one node until it is told to stop. Shell: signals, the log, and what a person at a terminal reads
first."""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from sip import ListenAddress, Transport

from . import __version__
from .config import Config, ConfigError, HostPort, ListenUrl
from .log import get_logger, set_up
from .node import Node

_PLAINEST = (Transport.TCP, Transport.UDP, Transport.TLS)

_LOG = get_logger("cstagw.node")


async def run(config: Config, reread: Callable[[], Config] | None = None) -> int:
    """Serve until a drain after SIGTERM is over, or SIGINT or another SIGTERM comes (exit code 0), or until
    the node breaks (1). SIGHUP reloads, what `reread` gives.

    Raises OSError where a listener cannot be bound, ConfigError where certificates cannot be used.
    """
    set_up(config.log.level, config.log.format, platform.node())
    loop = asyncio.get_running_loop()
    end: asyncio.Future[int] = loop.create_future()

    def finish(code: int) -> None:
        if not end.done():
            end.set_result(code)

    node = Node(config, on_broken=partial(finish, 1), on_drained=partial(finish, 0), reread=reread)
    await node.start()
    loop.add_signal_handler(signal.SIGINT, finish, 0)
    loop.add_signal_handler(signal.SIGTERM, _Termination(node, partial(finish, 0)).asked)
    loop.add_signal_handler(signal.SIGHUP, _reload, node, partial(finish, 0), _at_a_terminal())
    _LOG.info(
        "node.started",
        version=__version__,
        sip=_listeners(node),
        admin=str(node.admin_address),
        ctimanagers=[str(link.address) for link in node.links()],
        simulator=node.simulator is not None,
    )
    with suppress(OSError, ValueError):  # nobody may be there to be welcomed
        sys.stderr.write(welcome(node) + "\n")
        sys.stderr.flush()
    # What exists now lives as long as the process; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    code = await end
    _LOG.info("node.stopping", sessions=node.session_count())
    await node.stop()
    _LOG.info("node.stopped", exit_code=code)
    return code


class _Termination:
    """SIGTERM: who asks twice does not want to wait. A drain that was begun otherwise goes on as it was."""

    def __init__(self, node: Node, finish: Callable[[], None]) -> None:
        self._node = node
        self._finish = finish
        self._asked = False

    def asked(self) -> None:
        again, self._asked = self._asked and self._node.drainer.leaving, True
        if again:
            self._finish()
        else:
            self._node.drainer.begin(leave=True)


def _reload(node: Node, finish: Callable[[], None], at_a_terminal: bool) -> None:
    """The same signal comes when the terminal that we were started at is closed."""
    if at_a_terminal and not _at_a_terminal():
        finish()
        return
    with suppress(ConfigError):  # is in the log
        node.reloading.reload()


def _at_a_terminal() -> bool:
    try:
        return os.isatty(0)
    except OSError:  # no standard input at all
        return False


def welcome(node: Node) -> str:
    """What to try next, with the addresses and the command as they are."""
    admin = f"http://{node.admin_address}"
    names = ", ".join(f"{link.name} {link.address}" for link in node.links())
    behind = f"simulated cluster, CTIManagers {names}" if node.simulator else f"CTIManagers {names}"
    lines = [
        f"cstagw {__version__} serves SIP on {', '.join(_listeners(node))}; admin on {admin}",
        f"behind it: {behind}",
        "look:",
        f"  curl '{admin}/readyz?verbose'",
        f"  curl {admin}/admin/v1/ctimanagers",
    ]
    if node.simulator is not None:
        client = f"{_command()} simulate client {_gateway(node.sip_addresses)}"
        dial = f"{admin}/sim/v1/devices/SEP000000001001/dial"
        lines += [
            "try, in a second terminal:",
            f"  {client} --user sip:alice@example.com --line tel:1001 call 1902 wait established hangup",
            f"  {client} --user sip:bob@example.com --line tel:1002",
            f'  curl -X POST {dial} -d \'{{"line": "1001", "to": "1002"}}\'',
        ]
    return "\n".join(lines)


def _listeners(node: Node) -> list[str]:
    return [str(ListenUrl(one.transport.value, one.host, one.port)) for one in node.sip_addresses]


def _gateway(addresses: Sequence[ListenAddress]) -> str:
    """Options that lead a client to one of the listeners, the plainest there is."""
    plainest = min(addresses, key=lambda one: _PLAINEST.index(one.transport))
    options = f"--gateway {HostPort(plainest.host, plainest.port)}"
    if plainest.transport is not Transport.TCP:
        options += f" --transport {plainest.transport}"
    return f"{options} --ca FILE" if plainest.transport is Transport.TLS else options


def _command() -> str:
    """As it works in another terminal in this folder, whether its environment is activated or not."""
    called = sys.argv[0]
    if Path(called).name != "cstagw" or shutil.which("cstagw"):
        return "cstagw"
    return shlex.quote(called)
