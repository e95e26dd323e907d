"""Keeps the bridge process to one CUCM node running: starts it, passes on what it logs, replaces it.

Shell. The process gets its settings as one line on its standard input, which stays open: when it ends, the
process does. Nothing secret is in its command line or environment. Does not know what is spoken over the
socket; whoever dials it says when it hangs.
"""

import asyncio
import json
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import random
from time import monotonic

import structlog

from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.backoff import backoff, cut, is_steady
from ctimgr_client.failures import LinkDown, link_down

#: Seconds a process has to end in good order.
GRACE = 3.0
STEADY = 10.0
#: Lines of its log that are passed on: so many at once, then so many per second.
BURST, PER_SECOND = 100, 10.0
MAX_LINE = 16_384
_LAST_WORDS = 3
_LEVELS = ("debug", "info", "warning", "error", "critical")
#: What a process may know of our environment: how to find programs and how to write text.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "LD_LIBRARY_PATH")

_log = structlog.get_logger("cstagw.bridge")


@dataclass(frozen=True, slots=True)
class BridgeCommand:
    """What is started, what it is told, and the Unix socket it will serve. `settings` is one line, made anew
    for every start; it may raise OSError."""

    arguments: Sequence[str]
    settings: Callable[[], str]
    socket: Path


class BridgeProcess:
    """One bridge. `trouble` says why it does not run, while it does not."""

    def __init__(
        self, address: CtiManagerAddress, command: BridgeCommand, *, chance: Callable[[], float] = random
    ) -> None:
        self.name = address.name
        self.socket = command.socket
        self.trouble: LinkDown | None = link_down("bridge_gone", address, "not started yet")
        self._address = address
        self._command = command
        self._chance = chance
        self._process: asyncio.subprocess.Process | None = None
        self._hung = False
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._allowance = _Allowance()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Have it running, and leave nothing behind."""
        keeping = asyncio.create_task(self._keep(), name=f"bridge {self.name}")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def replace(self) -> None:
        """It hangs: kill it, a new one is started."""
        if self._process is not None and self._process.returncode is None and not self._hung:
            self._hung = True
            _log.warning("bridge.killed", cti=self.name, pid=self._process.pid, reason="bridge_hung")
            self._process.kill()

    async def _keep(self) -> None:
        delays = backoff(self._chance)
        while True:
            begun = monotonic()
            try:
                await self._run_once()
            except OSError as error:
                self.trouble = link_down("bridge_gone", self._address, f"cannot be started: {error}")
                _log.error("bridge.not_started", cti=self.name, text=str(error), cure=self.trouble.cure)
            if is_steady(monotonic() - begun, STEADY):
                delays = backoff(self._chance)
            await asyncio.sleep(cut(next(delays), self._chance))

    async def _run_once(self) -> None:
        settings = self._command.settings().encode() + b"\n"
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a Ctrl-C at our terminal is ours; it is told in good order
        )
        self._hung, self.trouble = False, None
        _log.info("bridge.started", cti=self.name, pid=process.pid)
        try:
            await _tell(process, settings)
            await self._pass_on_log(process)
            await process.wait()
        finally:
            await _ended(process)
            with suppress(OSError):
                self.socket.unlink()
        self._say_why(process)

    async def _pass_on_log(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None  # noqa: S101  # asked for when it was started
        rest = b""
        while data := await process.stderr.read(MAX_LINE):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._line(line)
            rest = rest[:MAX_LINE]
        self._line(rest)

    def _line(self, raw: bytes) -> None:
        text = raw.decode(errors="replace").strip()[:MAX_LINE]
        if not text:
            return
        record = _record(text)
        if record is None:
            self._last_words.append(text[:200])
            record = {"event": "bridge.said", "level": "warning", "text": text[:1000]}
        left_out = self._allowance.take(monotonic())
        if left_out is None:
            return
        if left_out:
            _log.warning("bridge.log_left_out", cti=self.name, lines=left_out)
        level = record.pop("level", "info")
        event = str(record.pop("event", "bridge.said"))
        log = getattr(_log, level if level in _LEVELS else "info")
        log(event, **{"cti": self.name, **{key: record[key] for key in record if key not in _OURS}})

    def _say_why(self, process: asyncio.subprocess.Process) -> None:
        code = process.returncode or 0
        how = f"ended by signal {_signal(-code)}" if code < 0 else f"ended with code {code}"
        if self._hung:
            self.trouble = link_down("bridge_hung", self._address, how)
        else:
            words = f", said: {' | '.join(self._last_words)}" if self._last_words else ""
            self.trouble = link_down("bridge_gone", self._address, how + words)
        self._last_words.clear()
        trouble = self.trouble
        _log.warning(
            "bridge.ended", cti=self.name, pid=process.pid, reason=trouble.reason, cause=trouble.cause
        )


#: Fields of a line that the log gives itself.
_OURS = frozenset({"timestamp", "logger", "node"})


def _record(text: str) -> dict[str, object] | None:
    """A line of a log like ours; None for anything else."""
    try:
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) and "event" in record else None


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


async def _tell(process: asyncio.subprocess.Process, settings: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  # asked for when it was started
    with suppress(OSError):  # of one that has ended: its last words say why
        process.stdin.write(settings)
        await process.stdin.drain()


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ask it to end, then make it; never leave it."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class _Allowance:
    """How many lines may be passed on."""

    def __init__(self) -> None:
        self._left, self._at, self._left_out = float(BURST), 0.0, 0

    def take(self, now: float) -> int | None:
        """None: not this one. Else how many have been left out before it."""
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            self._left_out += 1
            return None
        self._left -= 1
        left_out, self._left_out = self._left_out, 0
        return left_out
