"""Run one node until it is told to stop. Shell: signals, the log, and what a person at a terminal reads
first."""

from __future__ import annotations

import asyncio
import gc
import platform
import signal
import sys
from contextlib import suppress
from functools import partial

from . import __version__
from .config import Config
from .log import get_logger, set_up
from .node import Node

_LOG = get_logger("cstagw.node")


async def run(config: Config) -> int:
    """Serve until SIGTERM or SIGINT (exit code 0) or until the node breaks (1).

    Raises OSError where a listener cannot be bound, ConfigError where certificates cannot be used.
    """
    set_up(config.log.level, config.log.format, platform.node())
    loop = asyncio.get_running_loop()
    end: asyncio.Future[int] = loop.create_future()

    def finish(code: int) -> None:
        if not end.done():
            end.set_result(code)

    node = Node(config, on_broken=partial(finish, 1))
    await node.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, finish, 0)
    _LOG.info(
        "node.started",
        version=__version__,
        sip=[f"{address.transport}://{address.host}:{address.port}" for address in node.sip_addresses],
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


def welcome(node: Node) -> str:
    """What to try next, with the addresses as they are."""
    sip, admin = node.sip_addresses[0], f"http://{node.admin_address}"
    names = ", ".join(f"{link.name} {link.address}" for link in node.links())
    behind = f"simulated cluster, CTIManagers {names}" if node.simulator else f"CTIManagers {names}"
    lines = [
        f"cstagw {__version__} serves SIP on {sip.host}:{sip.port}, admin on {admin}",
        f"behind it: {behind}",
        "look:",
        f"  curl {admin}/readyz?verbose",
        f"  curl {admin}/admin/v1/ctimanagers",
    ]
    if node.simulator is not None:
        client = f"cstagw simulate client --gateway {sip.host}:{sip.port}"
        dial = f"{admin}/sim/v1/devices/SEP000000001001/dial"
        lines += [
            "try, in a second terminal:",
            f"  {client} --user sip:alice@example.com --line tel:1001 call 1902 wait established hangup",
            f"  {client} --user sip:bob@example.com --line tel:1002",
            f'  curl -X POST {dial} -d \'{{"line": "1001", "to": "1002"}}\'',
        ]
    return "\n".join(lines)
