"""Keeps one CTIManager connected for ever: dial, run the link until it is lost, back off, dial again.

Shell. Each established link is a new generation in the pool. Knows nothing of users: what the CTIManager says
goes to the listener, together with the identity of the link it was said on.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import nullcontext
from random import random
from time import monotonic

import structlog

from csta_xml import Event, MonitorCrossRefId, Service, SystemStatusValue
from ctimgr_client.address import CtiManagerAddress, LinkId
from ctimgr_client.answers import RESOURCE_OUT_OF_SERVICE
from ctimgr_client.backoff import backoff, cut, is_flap, is_steady
from ctimgr_client.bridge_process import BridgeProcess
from ctimgr_client.connection import CtiConnection, call_safely
from ctimgr_client.dial import dial, dial_local, reason_of
from ctimgr_client.failures import (
    PARTIAL,
    QUIET_AFTER_LOSS,
    SAY_AGAIN_AFTER,
    LinkDown,
    Repeats,
    link_down,
)
from ctimgr_client.link import Link
from ctimgr_client.listener import Listener, Reply
from ctimgr_client.pool import Pool
from ctimgr_client.status import Counters, CtiManagerStatus, LinkState

STOP_TIMEOUT = 1.0
#: Seconds between two looks whether a bridge lets us in: it is near, and it spares the CUCM node itself.
BRIDGE_PAUSE = 1.0
#: Seconds in which nothing is said of a provider that is being opened.
PATIENCE = 30.0

_log = structlog.get_logger("cstagw.cti")


class Supervisor:
    """One configured CTIManager, connected or not. Owns the connection of the moment."""

    def __init__(
        self,
        address: CtiManagerAddress,
        *,
        application_id: str,
        interval: float,
        request_timeout: float,
        pool: Pool,
        listener: Listener,
        none_left: Callable[[], None],
        tls: ssl.SSLContext | None,
        tos: int,
        bridge: BridgeProcess | None = None,
        secret: str | None = None,
    ) -> None:
        self._address = address
        self._application_id = application_id
        self._interval = interval
        self._timeout = request_timeout
        self._pool = pool
        self._slot = pool[address.name]
        self._listener = listener
        self._none_left = none_left
        self._tls = tls
        self._tos = tos
        self._bridge = bridge
        self._secret = secret
        self._counters = Counters()
        self._failures = Repeats()
        self._bad_messages = Repeats()
        self._delays = backoff(random)
        self._up_at = 0.0
        self._lasted = True
        self._opening_since: float | None = None
        self._trouble: LinkDown | None = None
        self._last_error: str | None = None
        self._last_error_at: float | None = None
        self._core: Link | None = None
        self._connection: CtiConnection | None = None
        self._link: LinkId | None = None
        self._pause: tuple[asyncio.Future[None], asyncio.TimerHandle] | None = None

    async def run(self) -> None:
        """Until cancelled; then the session is ended in good order."""
        async with self._bridge.running(self._is_needed) if self._bridge else nullcontext():
            while True:
                await self._attempt()
                await self._wait(next(self._delays))

    def request(self, link: LinkId, service: Service, reply: Reply) -> None:
        """Send a service on this very generation of the link."""
        if self._connection is not None and link == self._link:
            self._connection.request(service, reply)
        else:
            refuse(reply)

    def hurry(self) -> None:
        """No CTIManager is in service any more: long pauses that began while one was are cut short."""
        if self._lasted:
            self._delays = backoff(random)
        if self._bridge is not None:
            self._bridge.hurry()
        if self._pause is not None:
            ended, timer = self._pause
            loop = asyncio.get_running_loop()
            timer.cancel()
            left = max(0.0, timer.when() - loop.time())
            if self._lasted:
                left = min(left, next(self._delays))
            self._pause = ended, loop.call_later(cut(left, random), _end, ended)

    def status(self) -> CtiManagerStatus:
        """What can be seen of it now."""
        core, counters = self._core, self._counters
        return CtiManagerStatus(
            name=self._address.name,
            address=self._address,
            state=self._slot.state,
            generation=self._slot.generation,
            since=self._slot.since,
            cause=self._trouble.cause if self._trouble else None,
            cure=self._trouble.cure if self._trouble else None,
            last_error=self._last_error,
            last_error_at=self._last_error_at,
            requests_in_flight=core.requests_in_flight if core else 0,
            frames_waiting=self._connection.frames_waiting() if self._connection else 0,
            heartbeat_rtt=core.heartbeat_rtt if core else None,
            connects=counters.connects,
            disconnects=sum(counters.disconnects.values()),
            connect_failures=dict(counters.connect_failures),
            disconnect_reasons=dict(counters.disconnects),
            requests=counters.requests,
            requests_refused=counters.requests_refused,
            request_timeouts=counters.request_timeouts,
            late_answers=counters.late_answers,
            stray_answers=counters.stray_answers,
            bad_messages=counters.bad_messages,
            events=counters.events,
            heartbeats_missed=counters.heartbeats_missed,
            flaps=counters.flaps,
        )

    # What the connection tells (connection.Owner)

    def opened(self, state: LinkState) -> None:
        since, self._up_at = self._slot.since, monotonic()
        self._opening_since = None
        self._link = self._pool.up(self._address.name, state, self._up_at)
        self._counters.connects += 1
        self._trouble = PARTIAL if state is LinkState.PARTIAL_SERVICE else None
        self._say(
            _log.info, "cti.up", since, reason="connected", state=state.value, address=str(self._address)
        )
        call_safely(self._listener.link_up, self._link)

    def state_changed(self, state: LinkState) -> None:
        if self._link is not None:
            since = self._slot.since
            self._pool.change(self._link, state, monotonic())
            self._trouble = PARTIAL if state is LinkState.PARTIAL_SERVICE else None
            why = _why(self._trouble) if self._trouble else {"reason": state.lower()}
            self._say(_log.warning, "cti.state_changed", since, **why, state=state.value)

    def status_reported(self, status: SystemStatusValue) -> None:
        if self._link is not None:
            call_safely(self._listener.system_status, self._link, status)

    def monitor_ended(self, reference: MonitorCrossRefId) -> None:
        if self._link is not None:
            call_safely(self._listener.monitor_ended, self._link, reference)

    def lost(self, cause: LinkDown, unanswered: tuple[Reply, ...]) -> None:
        link, self._link = self._link, None
        if self._bridge is not None:
            cause = self._bridge.blame(cause)
        if link is None:
            if cause.reason != "stopped":
                self._connect_failed(cause)
            return
        self._pool.change(link, LinkState.OUT_OF_SERVICE, monotonic())
        _count(self._counters.disconnects, cause.reason)
        self._note_error(cause)
        self._note_uptime(cause)
        level = _log.info if cause.reason == "stopped" else _log.warning
        self._say(level, "cti.down", self._up_at, **_why(cause), flaps=self._counters.flaps)
        for reply in unanswered:
            call_safely(reply, RESOURCE_OUT_OF_SERVICE)
        call_safely(self._listener.link_down, link, cause)
        if self._pool.in_service() == 0:
            self._none_left()

    def arrived(self, event: Event) -> None:
        if self._link is not None:
            call_safely(self._listener.event, self._link, event)

    def unreadable(self, problem: str) -> None:
        count = self._bad_messages.note("bad_message", monotonic())
        if count is not None:
            self._say(_log.warning, "cti.bad_message", reason="bad_message", text=problem, count=count)

    def flushed(self) -> None:
        if self._link is not None:
            call_safely(self._listener.events_flushed, self._link)

    # One connection after the other

    async def _attempt(self) -> None:
        """One dial and what follows. A fault of ours there must not end the dialling, here or elsewhere."""
        fault = ""
        try:
            await self._connect_and_stay()
        except Exception as error:  # noqa: BLE001  # logged with its traceback
            fault = repr(error)
            _log.exception("cti.failed", cti=self._address.name, generation=self._slot.generation)
        if fault or self._link is not None:
            self.lost(link_down("internal", self._address, fault), ())

    async def _connect_and_stay(self) -> None:
        self._core = Link(
            self._address,
            application_id=self._application_id,
            interval=self._interval,
            request_timeout=self._timeout,
            counters=self._counters,
            secret=self._secret,
        )
        connection = self._connection = CtiConnection(self._core, self)
        try:
            await self._dial(connection)
        except (OSError, UnicodeError) as error:
            self._connect_failed(self._why_not_connected(error))
            return
        try:
            await asyncio.wait([connection.closed])
        finally:
            await _finish(connection)

    async def _dial(self, connection: CtiConnection) -> None:
        if self._bridge is not None:
            await dial_local(self._bridge.socket, lambda: connection, connect_timeout=self._timeout)
            return
        await dial(
            self._address,
            lambda: connection,
            connect_timeout=self._timeout,
            tls=self._tls,
            tos=self._tos,
        )

    def _why_not_connected(self, error: OSError | UnicodeError) -> LinkDown:
        if self._bridge is not None:
            cause = self._bridge.blame(link_down("no_answer", self._address))
            if cause.reason == "opening" and self._trouble is not None:
                return self._trouble  # why it has to start, rather than that it does
            return cause
        said = str(error)  # an address that was configured is in the table's words already
        return link_down(reason_of(error), self._address, "" if self._address.host in said else said)

    def _connect_failed(self, cause: LinkDown) -> None:
        _count(self._counters.connect_failures, cause.reason)
        if cause.reason != "opening":
            self._opening_since = None
        elif not self._opens_for_long():
            self._trouble = cause
            return
        self._note_error(cause)
        count = self._failures.note(cause.reason, monotonic())
        if count is not None:
            self._say(_log.warning, "cti.connect_failed", self._slot.since, **_why(cause), count=count)

    def _opens_for_long(self) -> bool:
        """A provider that is being opened is no failure at first."""
        now = monotonic()
        if self._opening_since is None:
            self._opening_since = now
        return now - self._opening_since >= PATIENCE

    def _note_error(self, cause: LinkDown) -> None:
        self._trouble = cause
        self._last_error, self._last_error_at = cause.text, monotonic()

    def _note_uptime(self, cause: LinkDown) -> None:
        """One that comes and goes is dialled ever more slowly, and costs a log line each time it does so."""
        now = monotonic()
        self._lasted = is_steady(now - self._up_at, self._interval)
        if self._lasted:
            self._delays = backoff(random)
        flap = is_flap(now - self._up_at) and cause.reason != "stopped"
        self._counters.flaps += flap
        self._failures.forget(now + (SAY_AGAIN_AFTER if flap else QUIET_AFTER_LOSS))

    def _is_needed(self) -> bool:
        return self._pool.in_service() == 0

    async def _wait(self, pause: float) -> None:
        loop = asyncio.get_running_loop()
        if self._bridge is not None:
            pause = min(pause, BRIDGE_PAUSE)
        elif self._is_needed():
            pause = cut(pause, random)
        ended: asyncio.Future[None] = loop.create_future()
        self._pause = ended, loop.call_later(pause, _end, ended)
        try:
            await ended
        finally:
            self._pause[1].cancel()
            self._pause = None

    def _say(
        self, log: Callable[..., None], event: str, since: float | None = None, **fields: str | int
    ) -> None:
        """`since`: when the state began that lasts, or ends now."""
        if since is not None:
            fields["seconds"] = round(monotonic() - since)
        log(event, cti=self._address.name, generation=self._slot.generation, **fields)


async def _finish(connection: CtiConnection) -> None:
    """Leave no connection behind; the CTIManager has a moment to acknowledge the end of the session."""
    if connection.closed.done():
        return
    call_safely(connection.stop)  # raising here it would hide that we are being cancelled
    await asyncio.wait([connection.closed], timeout=STOP_TIMEOUT)
    connection.abort()
    await asyncio.wait([connection.closed])


def refuse(reply: Reply) -> None:
    """The answer to a request for a link that is gone; like every reply it comes later."""
    asyncio.get_running_loop().call_soon(call_safely, reply, RESOURCE_OUT_OF_SERVICE)


def _why(cause: LinkDown) -> dict[str, str]:
    return {"reason": cause.reason, "cause": cause.cause, "cure": cause.cure}


def _end(pause: asyncio.Future[None]) -> None:
    if not pause.done():
        pause.set_result(None)


def _count(table: dict[str, int], reason: str) -> None:
    table[reason] = table.get(reason, 0) + 1
