"""`python -m ctimgr_client.jtapi`: one bridge process, as the gateway starts it.

Shell. Its settings are one line of JSON on standard input, which stays open as long as the gateway lives;
nothing secret is in its arguments or environment. Exit codes: 0 stopped, 70 the library hung, 78 settings.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import TypeAlias

import structlog

from ctimgr_client.jtapi import log
from ctimgr_client.jtapi.opening import OpenProvider, StartMachine
from ctimgr_client.jtapi.running import leave, run
from ctimgr_client.jtapi.settings import BridgeSettings

MAX_SETTINGS = 1024 * 1024

Library: TypeAlias = tuple[StartMachine, OpenProvider]


def _java() -> Library:
    from ctimgr_client.jtapi.java import open_provider, start_machine  # noqa: PLC0415 - told bad settings need no Java

    return start_machine, open_provider


def main(library: Callable[[], Library] = _java) -> int:
    """Serve until told to stop; the exit code."""
    log.set_up()
    settings = _settings()
    if settings is None:
        structlog.get_logger("cstagw.bridge").error(
            "bridge.no_settings",
            cause="standard input has no line with the settings of a bridge",
            cure="let the gateway start it, or use `cstagw bridge`",
        )
        return os.EX_CONFIG
    return asyncio.run(run(settings, *library(), sys.stdin.fileno()))


def _settings() -> BridgeSettings | None:
    try:
        return BridgeSettings.from_json(sys.stdin.buffer.readline(MAX_SETTINGS).decode())
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


if __name__ == "__main__":
    leave(main())
