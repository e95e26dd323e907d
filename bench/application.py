"""An application of the CSTA wire as small as one can be: it costs little beside what it measures.

It blocks, speaks over one socket, and counts events without decoding them. Does not know what is behind the
wire.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from csta_xml import (
    ED3,
    DeviceId,
    Event,
    Message,
    MonitorStart,
    Response,
    Service,
    StartApplicationSession,
    StartApplicationSessionPosResponse,
    decode,
    encode,
)
from ctimgr_client.frames import EVENT_INVOKE_ID, Frame, FrameReader, encode_frame

R = TypeVar("R", bound=Response)
E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=Message)

#: Seconds without anything received after which something is wrong.
PATIENCE = 30.0
#: Seconds that a session may be silent: longer than anything is measured.
_DURATION = 3600
_READ = 256 * 1024
#: As many requests are on their way at once.
_AHEAD = 20


class Failed(Exception):
    """What was measured did not do what it was asked for; the message says what it said."""


class Application:
    """One application session on a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.settimeout(PATIENCE)
        self._reader = FrameReader()
        self._frames: deque[Frame] = deque()
        self._invoke_id = 0

    def open(self) -> None:
        """Raises Failed where it is refused: a bridge has no provider yet."""
        start = StartApplicationSession(application_id="bench", protocol_versions=(ED3,), duration=_DURATION)
        self.ask(start, StartApplicationSessionPosResponse)

    def close(self) -> None:
        self._connection.close()

    def monitor(self, devices: Iterable[DeviceId]) -> None:
        """Some requests at once, as a gateway that has just come up does it."""
        ahead = iter(devices)
        while some := list(islice(ahead, _AHEAD)):
            asked = {self._send(MonitorStart(monitor_object=device)) for device in some}
            while asked:
                frame = self._next()
                if frame.invoke_id in asked:
                    _expect(decode(frame.body), Response)
                    asked.remove(frame.invoke_id)

    def ask(self, request: Service, kind: type[R]) -> R:
        """The answer; events that come before it are passed over. Raises Failed where it is another one."""
        invoke_id = self._send(request)
        return _expect(decode(self._answer(invoke_id).body), kind)

    def nanoseconds(self, request: Service) -> int:
        """From the first byte written to the last one read. Raises Failed where it is refused."""
        data = self._framed(request)
        begun = time.monotonic_ns()
        self._connection.sendall(data)
        answer = self._answer(self._invoke_id)
        ended = time.monotonic_ns()
        _expect(decode(answer.body), Response)
        return ended - begun

    def event(self, kind: type[E]) -> tuple[E, int]:
        """The next one of this kind, and the monotonic nanoseconds at which it was read."""
        while True:
            frame = self._next()
            now = time.monotonic_ns()
            if frame.invoke_id == EVENT_INVOKE_ID:
                event = decode(frame.body)
                if isinstance(event, kind):
                    return event, now

    def count(self, events: int) -> None:
        """Read so many."""
        while events:
            events -= self._next().invoke_id == EVENT_INVOKE_ID

    def quiet(self, seconds: float) -> int:
        """How many events came before nothing came for so long."""
        self._connection.settimeout(seconds)
        events = 0
        try:
            while True:
                events += self._next().invoke_id == EVENT_INVOKE_ID
        except TimeoutError:
            return events
        finally:
            self._connection.settimeout(PATIENCE)

    # -- frames --------------------------------------------------------------------------------------------

    def _framed(self, request: Service) -> bytes:
        self._invoke_id = self._invoke_id % (EVENT_INVOKE_ID - 1) + 1
        return encode_frame(self._invoke_id, encode(request))

    def _send(self, request: Service) -> int:
        self._connection.sendall(self._framed(request))
        return self._invoke_id

    def _answer(self, invoke_id: int) -> Frame:
        while (frame := self._next()).invoke_id != invoke_id:
            pass
        return frame

    def _next(self) -> Frame:
        while not self._frames:
            data = self._connection.recv(_READ)
            if not data:
                raise Failed("the connection was closed")
            self._frames.extend(self._reader.receive_data(data))
        return self._frames.popleft()


def _expect(message: Message, kind: type[M]) -> M:
    if not isinstance(message, kind):
        raise Failed(f"{kind.__name__} was expected: {message}")
    return message
