"""Keeps the bridge process to one CUCM node running: starts it, passes on what it logs, replaces it.

Shell. The process gets its settings as one line on its standard input, which stays open: when it ends, the
process does. Nothing secret is in its command line or environment. Does not know what is spoken over the
socket; whoever dials it says how that went, and whether anybody else is in service.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import random
from time import monotonic
from typing import cast

import structlog

from ctimgr_client.address import CtiManagerAddress
from ctimgr_client.backoff import backoff, cut, is_steady
from ctimgr_client.bridge_log import BridgeLog
from ctimgr_client.failures import LinkDown, Repeats, link_down

#: Seconds a process has to end in good order.
GRACE = 3.0
STEADY = 10.0
#: Seconds in which a process need not serve or answer yet: all of it may wait for the JVM to start.
START_LIMIT = 30.0
#: Seconds in which what a process wrote before its end is still read, be its pipe held open by another.
LAST_READ = 1.0
STDIN, STDERR = 0, 2
#: What a process may know of our environment: how to find programs and how to write text.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "LD_LIBRARY_PATH")
#: How links are lost to a process that does not answer any more, and to one that has ended: it says why
#: before it closes a connection itself.
_HANGS = ("silent", "not_reading")
_ENDS = ("closed", "reset")

#: Exit codes of a process that say what became of it.
_REASONS = {os.EX_SOFTWARE: "library_hung"}

_log = structlog.get_logger("cstagw.bridge")


@dataclass(frozen=True, slots=True)
class BridgeCommand:
    """What is started, what it is told, and the Unix socket it will serve. `settings` is one line, made anew
    for every start; it may raise OSError."""

    arguments: Sequence[str]
    settings: Callable[[], str]
    socket: Path


class _Child(asyncio.SubprocessProtocol):
    """`exited` when the process has ended, whoever else has its pipes open; `silent` when all that it wrote
    to its standard error has been read."""

    def __init__(self, said: BridgeLog) -> None:
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.silent: asyncio.Future[None] = loop.create_future()
        self._said = said

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._said.take(data, monotonic())

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == STDERR and not self.silent.done():
            self._said.take(b"", monotonic())
            self.silent.set_result(None)

    def process_exited(self) -> None:
        self.exited.set_result(None)


class BridgeProcess:
    """One bridge. `trouble` says why it does not run, while it does not, or that it hangs."""

    def __init__(
        self, address: CtiManagerAddress, command: BridgeCommand, *, chance: Callable[[], float] = random
    ) -> None:
        self.name = address.name
        self.socket = command.socket
        self.trouble: LinkDown | None = _starts(address)
        self._address = address
        self._command = command
        self._chance = chance
        self._process: asyncio.SubprocessTransport | None = None
        self._hung = False
        self._started_at = 0.0
        self._hurry = asyncio.Event()
        self._repeats = Repeats()
        self._said = BridgeLog(address.name)

    @asynccontextmanager
    async def running(self, needed: Callable[[], bool]) -> AsyncIterator[None]:
        """Have it running, and leave nothing behind. While it is `needed`, because nobody else is in service,
        pauses between two starts are short."""
        keeping = asyncio.create_task(self._keep(needed), name=f"bridge {self.name}")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def hurry(self) -> None:
        """It is needed from now on: a pause that has begun is over."""
        self._hurry.set()

    def blame(self, cause: LinkDown) -> LinkDown:
        """How a link over it was lost, or not opened, as the bridge's own trouble where it is that. One that
        hangs is killed, and another one started. Not to be connected to is "no_answer" too."""
        if cause.reason == "no_answer":
            return self._not_serving() or _starts(self._address)
        if cause.reason in _HANGS:
            self._replace()
            return link_down("bridge_hung", self._address)
        if cause.reason in _ENDS:
            return self.trouble or link_down("bridge_gone", self._address, "its connection ended")
        return cause

    def _not_serving(self) -> LinkDown | None:
        """Why, None where it runs and only starts. One that should have started by now is killed."""
        if self.trouble is None and monotonic() - self._started_at > START_LIMIT:
            self._replace()
        return self.trouble

    def _replace(self) -> None:
        if self._process is not None and self._process.get_returncode() is None and not self._hung:
            self._hung = True
            self.trouble = link_down("bridge_hung", self._address)
            _log.warning("bridge.killed", cti=self.name, pid=self._process.get_pid(), reason="bridge_hung")
            self._process.kill()

    async def _keep(self, needed: Callable[[], bool]) -> None:
        delays = backoff(self._chance)
        while True:
            begun = monotonic()
            try:
                await self._run_once()
            except OSError as error:
                words = f"cannot be started: {error}"
                self._say("bridge.not_started", link_down("bridge_gone", self._address, words))
            if is_steady(monotonic() - begun, STEADY):
                delays = backoff(self._chance)
            pause = next(delays)
            await self._wait(cut(pause, self._chance) if needed() else pause)

    async def _wait(self, pause: float) -> None:
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._hurry.wait()

    async def _run_once(self) -> None:
        settings = self._command.settings().encode() + b"\n"
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        loop = asyncio.get_running_loop()
        process, child = await loop.subprocess_exec(
            lambda: _Child(self._said),
            *self._command.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a Ctrl-C at our terminal is ours; it is told in good order
        )
        self._process = process
        self._hung, self.trouble, self._started_at = False, None, monotonic()
        _log.info("bridge.started", cti=self.name, pid=process.get_pid())
        try:
            _stdin(process).write(settings)
            await asyncio.wait([child.exited])
        finally:
            try:
                await _end(process, child)
                await asyncio.wait([child.silent], timeout=LAST_READ)
            finally:  # cancelled twice: killed then
                process.close()
                with suppress(OSError):
                    self.socket.unlink()
        self._say_why(process.get_returncode() or 0)

    def _say_why(self, code: int) -> None:
        how = f"ended by signal {_signal(-code)}" if code < 0 else f"ended with code {code}"
        words = self._said.last_words()
        if is_steady(monotonic() - self._started_at, STEADY):
            self._repeats.forget()
        if self._hung:
            trouble = link_down("bridge_hung", self._address, how)
        else:
            reason = _REASONS.get(code, "bridge_gone")
            trouble = link_down(reason, self._address, f"{how}, said: {words}" if words else how)
        self._say("bridge.ended", trouble)

    def _say(self, event: str, trouble: LinkDown) -> None:
        """One that ends again and again costs a line a minute."""
        self.trouble = trouble
        count = self._repeats.note(trouble.reason, monotonic())
        if count is not None:
            why = {"reason": trouble.reason, "cause": trouble.cause, "cure": trouble.cure}
            _log.warning(event, cti=self.name, count=count, **why)


def _starts(address: CtiManagerAddress) -> LinkDown:
    return link_down("opening", address, "the bridge starts")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _stdin(process: asyncio.SubprocessTransport) -> asyncio.WriteTransport:
    return cast(asyncio.WriteTransport, process.get_pipe_transport(STDIN))


async def _end(process: asyncio.SubprocessTransport, child: _Child) -> None:
    """Ask it to end, then make it; never leave it."""
    if child.exited.done():
        return
    with suppress(ProcessLookupError):
        process.terminate()
    _stdin(process).close()
    await asyncio.wait([child.exited], timeout=GRACE)
    if not child.exited.done():
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.wait([child.exited])
