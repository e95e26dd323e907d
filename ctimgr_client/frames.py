"""Cut the CTIManager's byte stream into frames, and build frames (ECMA-323, CSTA XML over TCP without SOAP).

A frame is an 8-byte header and one XML document. Header: two zero bytes; the length of the whole frame,
header included, unsigned and big-endian; the invoke id as four ASCII digits. A responder copies the invoke
id; events carry 9999. Knows bytes only. Does not know XML, sessions or sockets.
"""

from dataclasses import dataclass
from struct import Struct

EVENT_INVOKE_ID = 9999
HEADER_SIZE = 8
MAX_FRAME_SIZE = 65_535
MAX_BODY_SIZE = MAX_FRAME_SIZE - HEADER_SIZE

_HEADER = Struct(">HH4s")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the wire: the invoke id and the XML document, not yet decoded."""

    invoke_id: int
    body: bytes


class FrameError(Exception):
    """Framing is lost: nothing that follows on this connection can be trusted.

    `frames` are the complete frames that came before the break in the same read.
    """

    def __init__(self, problem: str, frames: list[Frame]) -> None:
        super().__init__(problem)
        self.frames = frames


class FrameTooLong(ValueError):
    """The document does not fit the 16-bit length of the header."""


def encode_frame(invoke_id: int, xml: bytes) -> bytes:
    """The frame for one document. The length counts bytes, not characters."""
    if not 0 <= invoke_id <= EVENT_INVOKE_ID:
        raise ValueError(f"invoke id {invoke_id} is not in 0..{EVENT_INVOKE_ID}")
    size = HEADER_SIZE + len(xml)
    if size > MAX_FRAME_SIZE:
        raise FrameTooLong(f"a frame of {size} bytes, at most {MAX_FRAME_SIZE} are possible")
    return _HEADER.pack(0, size, b"%04d" % invoke_id) + xml


class FrameReader:
    """Collects the bytes of one connection. Holds at most one incomplete frame between two calls."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._problem: str | None = None

    def receive_data(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`, in order. FrameError once framing is lost, and ever after."""
        if self._problem is not None:
            raise FrameError(self._problem, [])
        buffer = self._buffer
        buffer += data
        frames: list[Frame] = []
        start = 0
        while len(buffer) - start >= HEADER_SIZE:
            zeros, size, digits = _HEADER.unpack_from(buffer, start)
            self._problem = _problem(zeros, size, digits)
            if self._problem is not None:
                buffer.clear()
                raise FrameError(self._problem, frames)
            end = start + size
            if end > len(buffer):
                break
            frames.append(Frame(int(digits), bytes(buffer[start + HEADER_SIZE : end])))
            start = end
        del buffer[:start]
        return frames


def _problem(zeros: int, size: int, digits: bytes) -> str | None:
    if zeros != 0:
        return f"a frame begins with 0x{zeros:04x} instead of 0x0000"
    if size < HEADER_SIZE:
        return f"a frame length of {size} is shorter than its header"
    if not digits.isdigit():
        return f"the invoke id {digits!r} is not four decimal digits"
    return None
