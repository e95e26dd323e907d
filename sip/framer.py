"""Cut a byte stream into SIP messages by Content-Length (RFC 3261 §18.3, RFC 5626 §3.5.1).

Bytes in, frames out; the result does not depend on where the reads were cut. Bounded: a header section, a
line and a body have limits, and a body over its limit is read past without being kept. Knows nothing of what
a message means.
"""

import re
from dataclasses import dataclass
from enum import Enum

_EMPTY_LINE = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:([^\r]*(?:\r\n[ \t][^\r]*)*)", re.IGNORECASE)
_ALL_DIGITS = re.compile(rb"\d{1,10}\Z")
_NEWLINES = re.compile(rb"[\r\n]+")


class Fault(Enum):
    """Why a frame cannot be served: the status owed, and whether the stream can still be cut after it."""

    BODY_TOO_LARGE = (413, True, "the body is longer than the limit")
    MESSAGE_TOO_LARGE = (513, False, "the message is longer than the hard limit")
    HEADER_TOO_LARGE = (513, False, "the header section is longer than the limit")
    NO_LENGTH = (400, False, "Content-Length is missing, which a stream transport needs")
    TRUNCATED = (400, True, "the datagram ends before the message does")
    BAD_LENGTH = (400, False, "Content-Length is not one number")

    def __init__(self, status: int, in_step: bool, text: str) -> None:
        self.status = status
        self.in_step = in_step
        self.text = text


@dataclass(slots=True)
class Frame:
    """One message: `head` without the empty line, `body`, and what is wrong with its size or length."""

    head: bytes
    body: bytes
    fault: Fault | None = None


class Ping:
    """A keep-alive of two CRLF, owed one CRLF (RFC 5626 §4.4.1)."""

    __slots__ = ()


PING = Ping()


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. A body over `body` is drained and answered 413, over `hard_body` the stream ends."""

    header: int = 16 * 1024
    line: int = 8 * 1024
    lines: int = 128
    body: int = 64 * 1024
    hard_body: int = 1024 * 1024


class Framer:
    """The reading side of one stream connection. After a fault with `in_step` false it takes no more bytes.

    `_rest` is the begin of a message that is not complete, `_need` its length once its header section is
    complete, `_scanned` how much of it has been searched for the end of that section, `_drain` what is left
    of a body read past.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._rest = bytearray()
        self._need = 0
        self._scanned = 0
        self._drain = 0
        self._drained = Frame(b"", b"")
        self._newlines = b""
        self.lost = False

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is not complete yet."""
        return bool(self._rest) or self._drain > 0

    @property
    def in_body(self) -> bool:
        """Whether the header section of the unfinished message is complete."""
        return self._need > 0 or self._drain > 0

    def receive_data(self, data: bytes) -> list[Frame | Ping]:
        """Take what was read; give back every message that is now complete, in order."""
        frames: list[Frame | Ping] = []
        if self.lost:
            return frames
        if self._rest:
            self._rest += data
            if not self._may_be_complete():
                return frames
            data = bytes(self._rest)
            self._rest.clear()
            self._need = self._scanned = 0
        position, size = 0, len(data)
        while position < size and not self.lost:
            if self._drain:
                position = self._skip_body(size, position, frames)
            elif data[position] in b"\r\n":
                position = self._skip_newlines(data, position, frames)
            else:
                position = self._take(data, position, frames)
        return frames

    def _may_be_complete(self) -> bool:
        """Whether cutting the rest again can bring anything new."""
        rest = self._rest
        if self._need:
            return len(rest) >= self._need
        if rest.find(_EMPTY_LINE, self._scanned) >= 0:
            return True
        self._scanned = max(0, len(rest) - 3)
        return len(rest) >= self._limits.header + 4

    def _take(self, data: bytes, position: int, frames: list[Frame | Ping]) -> int:
        """Cut the message that begins here, or keep what is there; gives back where the next one begins."""
        self._newlines = b""
        end = data.find(_EMPTY_LINE, position)
        if end < 0:
            if len(data) - position >= self._limits.header + 4:
                return self._lose(data[position:], Fault.HEADER_TOO_LARGE, len(data), frames)
            return self._keep(data, position, 0)
        head = data[position:end]
        length, fault = _measure(head, self._limits)
        begin = end + 4
        if fault is None:
            following = begin + length
            if following > len(data):
                return self._keep(data, position, following - position)
            frames.append(Frame(head, data[begin:following]))
            return following
        if not fault.in_step:
            return self._lose(head, fault, len(data), frames)
        self._drain, self._drained = length, Frame(head, b"", fault)
        return begin

    def _keep(self, data: bytes, position: int, need: int) -> int:
        self._rest += data[position:]
        self._need = need
        self._scanned = max(0, len(self._rest) - 3)
        return len(data)

    def _lose(self, head: bytes, fault: Fault, size: int, frames: list[Frame | Ping]) -> int:
        """The stream cannot be cut any further; a head over its limit is told up to there, in whole lines."""
        self.lost = True
        if len(head) > self._limits.header:
            head = head[: self._limits.header]
            head = head[: head.rfind(b"\r\n")] if b"\r\n" in head else head
        frames.append(Frame(head, b"", fault))
        return size

    def _skip_newlines(self, data: bytes, position: int, frames: list[Frame | Ping]) -> int:
        """Pass over the line ends before a message; every CRLF CRLF in them is a keep-alive."""
        match = _NEWLINES.match(data, position)
        end = match.end() if match else position
        pieces = (self._newlines + data[position:end]).split(_EMPTY_LINE)
        frames.extend([PING] * (len(pieces) - 1))
        begun = (_EMPTY_LINE[:size] for size in (3, 2, 1, 0))
        self._newlines = next(begin for begin in begun if pieces[-1].endswith(begin))
        return end

    def _skip_body(self, size: int, position: int, frames: list[Frame | Ping]) -> int:
        taken = min(self._drain, size - position)
        self._drain -= taken
        if not self._drain:
            frames.append(self._drained)
        return position + taken


def read_datagram(data: bytes, limits: Limits) -> Frame | None:
    """The one message of a datagram (RFC 3261 §18.3); None for keep-alives and what has no header section.

    Bytes after the body are discarded; without Content-Length the body is the rest.
    """
    start = len(data) - len(data.lstrip(b"\r\n"))
    end = data.find(b"\r\n\r\n", start)
    if end < 0:
        return None
    head, rest = data[start:end], data[end + 4 :]
    length, fault = _measure(head, limits)
    if fault is Fault.NO_LENGTH:
        length, fault = len(rest), Fault.BODY_TOO_LARGE if len(rest) > limits.body else None
    elif fault is None and length > len(rest):
        fault = Fault.TRUNCATED
    return Frame(head, b"" if fault else rest[:length], fault)


def _measure(head: bytes, limits: Limits) -> tuple[int, Fault | None]:
    """The length of the body that a header section announces, and what is wrong with either."""
    size = len(head)
    if size > limits.header or head.count(b"\n") > limits.lines:
        return 0, Fault.HEADER_TOO_LARGE
    if size > limits.line and max(map(len, head.split(b"\r\n"))) > limits.line:
        return 0, Fault.HEADER_TOO_LARGE
    found = _LENGTH.findall(head)
    if not found:
        return 0, Fault.NO_LENGTH
    text = found[0].strip()
    if _ALL_DIGITS.match(text) is None or (len(found) > 1 and {value.strip() for value in found} != {text}):
        return 0, Fault.BAD_LENGTH
    length = int(text)
    if length > limits.hard_body:
        return length, Fault.MESSAGE_TOO_LARGE
    return length, Fault.BODY_TOO_LARGE if length > limits.body else None
