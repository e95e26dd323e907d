"""One connection of a server: frames in by turns, frames out in one write per turn of the loop.

Shell: the event loop's transport is here, decisions are in the conversation. Nothing grows without bound:
reading pauses while frames wait for their turn, and whoever does not read is cut above 1 MiB. Does not know
which server it is: that one derives its own and says who may come in, and what is done when he is gone.
"""

import asyncio
import socket
import struct
from collections import deque
from typing import Protocol, cast

from ctimgr_client.frames import Frame, FrameError, FrameReader
from ctimgr_client.serving.conversation import Conversation

MAX_UNSENT = 1024 * 1024
FRAMES_PER_TURN = 100

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class House(Protocol):
    """What a connection needs around it: the clock, and being asked back once per turn of the loop."""

    def now(self) -> float: ...
    def settle(self) -> None:
        """Something may have happened, or have a deadline now."""
        ...

    def flush_soon(self, stream: "Stream") -> None:
        """Call its `flush` before the next turn of the loop."""
        ...


class Stream(asyncio.Protocol):
    """`flush_is_due` belongs to the house: it asks each stream back once."""

    conversation: Conversation  # set by who derives, before the connection is made

    def __init__(self, house: House) -> None:
        self.house = house
        self.flush_is_due = False
        self._reader = FrameReader()
        self._backlog: deque[Frame] = deque()
        self._broken = False
        self._work_is_due = False
        self._paused = False
        self._transport: asyncio.Transport | None = None

    # -- what a server says of its connections -------------------------------------------------------------

    def may_come_in(self) -> bool:
        """False: this one is too many, and is reset at once."""
        raise NotImplementedError

    def gone(self) -> None:
        """The connection is over, or never began."""
        raise NotImplementedError

    def does_not_read(self) -> None:
        """The far end is about to be cut for it."""
        raise NotImplementedError

    def is_deaf(self) -> bool:
        """Nothing is read now."""
        return False

    def keeps_back(self) -> bool:
        """Something that was said is not written yet, so that the connection must not be closed."""
        return False

    def send(self, data: bytes) -> None:
        """What the conversation says leaves."""
        self.write(data)

    # -- called by the event loop --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # a stream, as it was made for such a socket
        if not self.may_come_in():
            self.reset()
            return
        self.pause_if_needed()
        self.house.settle()

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._reader.receive_data(data)
        except FrameError as error:
            frames, self._broken = error.frames, True
        self._backlog.extend(frames)
        if not self._work_is_due:
            self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._backlog.clear()
        self.gone()
        self.conversation.end()

    # -- called by the server ------------------------------------------------------------------------------

    def wake(self) -> None:
        """The conversation has something to say, or has ended."""
        self.house.flush_soon(self)

    def flush(self) -> None:
        """Send what the conversation has to say; close once it has ended."""
        self.flush_is_due = False
        out = self.conversation.out
        if out:
            data = b"".join(out)
            out.clear()
            self.send(data)
        self.close_if_over()

    def close_if_over(self) -> None:
        if self.conversation.ended and not self.keeps_back():
            self.close()

    def close(self) -> None:
        """What was written still leaves."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """As a crash looks from outside: RST instead of FIN where there is one, what was not sent is lost."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            if sock is not None and sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
        self.conversation.end()

    def write(self, data: bytes) -> None:
        if self._transport is None:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self.cut()

    def cut(self) -> None:
        self.does_not_read()
        self.reset()

    def work_soon(self) -> None:
        if not self._work_is_due:
            self._work_is_due = True
            asyncio.get_running_loop().call_soon(self._work)

    def pause_if_needed(self) -> None:
        pause = bool(self._backlog) or self.is_deaf()
        if self._transport is None or pause is self._paused:
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    # -- inside --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Some frames of the last read; the loop breathes in between."""
        self._work_is_due = False
        if self.is_deaf():
            return
        now = self.house.now()
        for _ in range(min(len(self._backlog), FRAMES_PER_TURN)):
            self.conversation.receive(self._backlog.popleft(), now)
        if self._backlog:
            self.work_soon()
        elif self._broken:
            self.conversation.end()
        self.pause_if_needed()
        self.house.settle()
