"""From settings to a bridge that serves, and to its end: SIGTERM, SIGINT, or the end of whoever started it.

Shell: signals and a file descriptor.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import structlog

from ctimgr_client.jtapi.bridge import Bridge, end_hard
from ctimgr_client.jtapi.listening import CannotListen, listen, remove_socket
from ctimgr_client.jtapi.opening import OpenProvider, StartMachine
from ctimgr_client.jtapi.settings import BridgeSettings

_log = structlog.get_logger("cstagw.bridge")


async def run(
    settings: BridgeSettings,
    start_machine: StartMachine,
    open_provider: OpenProvider,
    parent: int | None = None,
) -> int:
    """Serve until told to stop; the exit code. `parent` is a pipe that ends when whoever started us does.

    Listens before anything else, so that the gateway hears why there is no provider yet.
    """
    bridge = Bridge(settings, start_machine, open_provider, end_hard)
    try:
        listener = await listen(settings, bridge.connect)
    except CannotListen as error:
        _log.error("bridge.cannot_listen", cause=str(error), cure=error.cure)
        return os.EX_CONFIG
    stopping = asyncio.Event()
    _watch_signals(stopping)
    if parent is not None:
        _watch_parent(parent, stopping)
    _log.info("bridge.listening", at=settings.listen, host=settings.host)
    bridge.open()
    await stopping.wait()
    listener.close()
    remove_socket(settings)
    await bridge.stop()
    _log.info("bridge.stopped")
    return os.EX_OK


def leave(code: int) -> NoReturn:
    """End the process at once: Java's threads, and a call that does not return, would keep it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _watch_signals(stopping: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)


def _watch_parent(parent: int, stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def readable() -> None:
        if not os.read(parent, 4096):
            loop.remove_reader(parent)
            _log.warning("bridge.parent_gone", cause="standard input has ended")
            stopping.set()

    loop.add_reader(parent, readable)
