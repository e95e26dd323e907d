"""One TCP or TLS connection to a CTIManager: carries bytes to and from a `Link`, and does what the link
wants.

Shell: sockets, the event loop and the clock are here, decisions are in `link`. Everything written during one
turn of the loop leaves in one write; one timer serves all deadlines. Nothing grows without bound: reading
pauses while frames of the last read wait for their turn, requests are refused above 256 KiB of unsent bytes,
and above 1 MiB the connection is given up.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import ParamSpec, Protocol, cast

import structlog

from csta_xml import Event, MonitorCrossRefId, Service, SystemStatusValue
from ctimgr_client.dial import reason_of
from ctimgr_client.effects import (
    Answered,
    Arrived,
    Close,
    Effect,
    Lost,
    MonitorEnded,
    Opened,
    Send,
    StateChanged,
    StatusReported,
    Unreadable,
    Wake,
)
from ctimgr_client.failures import LinkDown
from ctimgr_client.frames import Frame, FrameError, FrameReader
from ctimgr_client.link import Link
from ctimgr_client.listener import Answer, Reply
from ctimgr_client.status import LinkState

FRAMES_PER_TURN = 100
BUSY_ABOVE = 256 * 1024
GIVE_UP_ABOVE = 1024 * 1024
#: A timer that runs so much too late gives what has arrived meanwhile so long to be read first (seconds).
LATE, GRACE = 0.5, 0.1

_log = structlog.get_logger("cstagw.cti")
P = ParamSpec("P")


class Owner(Protocol):
    """Whom a connection tells what became of its link."""

    def opened(self, state: LinkState) -> None: ...
    def state_changed(self, state: LinkState) -> None: ...
    def status_reported(self, status: SystemStatusValue) -> None: ...
    def monitor_ended(self, reference: MonitorCrossRefId) -> None: ...
    def lost(self, cause: LinkDown, unanswered: tuple[Reply, ...]) -> None: ...
    def arrived(self, event: Event) -> None: ...
    def unreadable(self, problem: str) -> None: ...
    def flushed(self) -> None: ...


def call_safely(function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """What the gateway does with a reply or an event must never cost a connection."""
    try:
        function(*args, **kwargs)
    except Exception:  # noqa: BLE001  # logged with its traceback; the fault is not the CTIManager's
        _log.exception("cti.callback_failed", callback=getattr(function, "__qualname__", repr(function)))


class CtiConnection(asyncio.Protocol):
    """Lives from connection_made to connection_lost; `closed` is done then."""

    def __init__(self, link: Link, owner: Owner) -> None:
        self._loop = asyncio.get_running_loop()
        self._link = link
        self._owner = owner
        self._reader = FrameReader()
        self._backlog: deque[Frame] = deque()
        self._paused = False
        self._framing_lost: str | None = None
        self._outbox: list[bytes] = []
        self._outbox_size = 0
        self._refused: deque[tuple[Reply, Answer]] = deque()
        self._turn_is_due = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._granted = False
        self.closed: asyncio.Future[None] = self._loop.create_future()

    # For the owner

    def request(self, service: Service, reply: Reply) -> None:
        """Send a service. The reply is never called before this returns."""
        choked = self._unsent() > BUSY_ABOVE
        for effect in self._link.request(service, reply, monotonic(), choked=choked):
            if isinstance(effect, Answered):
                self._later(effect.reply, effect.answer)
            else:
                self._do(effect)

    def frames_waiting(self) -> int:
        """Frames that were read and wait for their turn."""
        return len(self._backlog)

    def stop(self) -> None:
        """End the session in good order; `closed` follows, unless the CTIManager does not answer."""
        self._run(self._link.stop(monotonic()))

    def abort(self) -> None:
        """Drop the connection with whatever is unsent."""
        self._backlog.clear()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # a stream, as it was made for a TCP socket
        self._run(self._link.start(monotonic()))

    def data_received(self, data: bytes) -> None:
        self._link.heard(monotonic())
        try:
            frames = self._reader.receive_data(data)
        except FrameError as error:
            frames, self._framing_lost = error.frames, str(error)
        waiting = bool(self._backlog)
        self._backlog.extend(frames)
        if not waiting:
            self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._backlog.clear()
        try:
            self._run(self._link.lose("closed") if exc is None else self._link.lose(reason_of(exc), str(exc)))
        finally:  # whoever waits for the end must see it
            self._transport = None
            self.closed.set_result(None)

    def _guarded(self, step: Callable[[], None]) -> None:
        """A step the event loop calls. Our own fault there costs this connection, which is dialled again."""
        try:
            step()
        except Exception:  # noqa: BLE001  # a link without its timer or its frames would seem to live
            _log.exception("cti.step_failed", step=step.__name__)
            self.abort()

    def _work(self) -> None:
        """Some frames of the last read, then the loop has its turn: heartbeats and probes must not starve."""
        now = monotonic()
        handled = 0
        while self._backlog and handled < FRAMES_PER_TURN:
            handled += 1
            self._run(self._link.receive(self._backlog.popleft(), now))
        call_safely(self._owner.flushed)
        if self._backlog:
            self._loop.call_soon(self._guarded, self._work)
        elif self._framing_lost is not None:
            self._run(self._link.lose("framing", self._framing_lost))
        self._pause_reading(bool(self._backlog))

    def _pause_reading(self, pause: bool) -> None:
        if self._transport is None or pause is self._paused:
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _wake(self) -> None:
        self._timer = None
        late = monotonic() - self._due > LATE
        if late and not self._granted:  # the process stood still: what waits in the socket came in time
            self._granted = True
            self._set_timer(monotonic() + GRACE)
            return
        self._granted = False
        self._run(self._link.wake(monotonic()))
        call_safely(self._owner.flushed)

    # Effects

    def _run(self, effects: list[Effect]) -> None:
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send():
                self._outbox.append(effect.data)
                self._outbox_size += len(effect.data)
                self._turn_soon()
            case Arrived():
                self._owner.arrived(effect.event)
            case Answered():
                call_safely(effect.reply, effect.answer)
            case Wake():
                self._set_timer(effect.at)
            case Opened():
                self._owner.opened(effect.state)
            case StateChanged():
                self._owner.state_changed(effect.state)
            case StatusReported():
                self._owner.status_reported(effect.status)
            case MonitorEnded():
                self._owner.monitor_ended(effect.reference)
            case Unreadable():
                self._owner.unreadable(effect.problem)
            case Lost():
                self._answer_refused()
                self._owner.lost(effect.cause, effect.unanswered)
            case Close():
                self.abort()

    def _set_timer(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = at
        self._timer = self._loop.call_later(max(0.0, at - monotonic()), self._guarded, self._wake)

    # What is collected during one turn of the loop

    def _later(self, reply: Reply, answer: Answer) -> None:
        self._refused.append((reply, answer))
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._turn_is_due:
            self._turn_is_due = True
            self._loop.call_soon(self._guarded, self._turn)

    def _turn(self) -> None:
        self._turn_is_due = False
        if self._outbox and self._transport is not None:
            self._transport.write(b"".join(self._outbox))
        self._outbox.clear()
        self._outbox_size = 0
        if self._unsent() > GIVE_UP_ABOVE:
            self._run(self._link.lose("not_reading"))
        if self._refused:
            self._answer_refused()
            call_safely(self._owner.flushed)

    def _answer_refused(self) -> None:
        for _ in range(len(self._refused)):
            reply, answer = self._refused.popleft()
            call_safely(reply, answer)

    def _unsent(self) -> int:
        buffered = 0 if self._transport is None else self._transport.get_write_buffer_size()
        return buffered + self._outbox_size
