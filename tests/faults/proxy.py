"""A TCP proxy that breaks what passes through it: stalls, loses, delays, splits, corrupts, cuts.

One proxy stands before one target. `UP` is from who connects to the target, `DOWN` the way back.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

UP, DOWN = "up", "down"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_FRAME = struct.Struct(">HH4s")
_CHUNK = 65_536


@dataclass(slots=True)
class Way:
    """What happens to one direction. `pieces` 0: as it comes; `left` None: any number of bytes may pass."""

    flows: asyncio.Event = field(default_factory=asyncio.Event)
    swallow: bool = False
    delay: float = 0.0
    pieces: int = 0
    left: int | None = None
    corrupt: int | None = None
    whole_frames: bool = False
    watch: Callable[[bytes], None] = lambda frame: None


@dataclass(eq=False)
class Pair:
    """One connection through the proxy."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter

    def writer(self, way: str) -> asyncio.StreamWriter:
        return self.far if way == UP else self.near

    def cut(self) -> None:
        """Reset both sides."""
        for writer in (self.near, self.far):
            connected = writer.get_extra_info("socket")
            with suppress(OSError):
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()


class Proxy:
    """`ways` apply to what passes from now on; `refuses` makes new connections be reset at once."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._accepting: set[asyncio.Task[None]] = set()
        self.port = 0
        self.pairs: set[Pair] = set()
        self.refuses = False
        self.taken = 0
        self.ways = {UP: Way(), DOWN: Way()}
        self.on_cut: Callable[[], None] = lambda: None
        for way in self.ways.values():
            way.flows.set()

    async def start(self) -> None:
        """Listen on any free port."""
        self._listener = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Leave nothing behind."""
        if self._listener is not None:
            self._listener.close()
        self.cut()
        for pump in tuple(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, *self._accepting, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for pair in tuple(self.pairs):
            pair.cut()

    def cut_after(self, way: str, octets: int) -> None:
        """Let so many more bytes pass this way, then reset."""
        self.ways[way].left = octets

    def inject(self, way: str, data: bytes, most: int) -> bool:
        """Put bytes into the stream, unless `most` wait there already."""
        pair = next(iter(self.pairs), None)
        if pair is None or pair.writer(way).transport.get_write_buffer_size() > most:
            return False
        pair.writer(way).write(data)
        return True

    def _begin(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._accept(near_in, near_out))
        self._accepting.add(task)
        task.add_done_callback(self._accepting.discard)

    async def _accept(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        self.taken += 1
        if self.refuses:
            Pair(near_out, near_out).cut()
            return
        try:
            far_in, far_out = await asyncio.open_connection(*self._target)
        except OSError:
            Pair(near_out, near_out).cut()
            return
        pair = Pair(near_out, far_out)
        self.pairs.add(pair)
        pumps = {
            asyncio.create_task(self._pump(pair, near_in, UP)),
            asyncio.create_task(self._pump(pair, far_in, DOWN)),
        }
        self._pumps |= pumps
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._pumps -= pumps
        self.pairs.discard(pair)
        for writer in (near_out, far_out):
            writer.close()

    async def _pump(self, pair: Pair, reader: asyncio.StreamReader, way: str) -> None:
        rules, writer, kept = self.ways[way], pair.writer(way), bytearray()
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await rules.flows.wait()
                if rules.delay:
                    await asyncio.sleep(rules.delay)
                if rules.swallow:
                    continue
                if rules.whole_frames:
                    kept += data
                    data = _whole_frames(kept, rules.watch)
                if not await self._pass(pair, rules, writer, _corrupted(rules, data)):
                    return

    async def _pass(self, pair: Pair, rules: Way, writer: asyncio.StreamWriter, data: bytes) -> bool:
        ends = rules.left is not None and rules.left <= len(data)
        if rules.left is not None:
            data = data[: rules.left]
            rules.left -= len(data)
        step = rules.pieces or len(data) or 1
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
            await writer.drain()
            if rules.pieces:
                await asyncio.sleep(0)
        if ends:
            rules.left = None
            await asyncio.sleep(0)
            pair.cut()
            self.on_cut()
        return not ends


def _corrupted(rules: Way, data: bytes) -> bytes:
    """One byte at an offset from here on is another one."""
    if rules.corrupt is None or not data:
        return data
    if rules.corrupt >= len(data):
        rules.corrupt -= len(data)
        return data
    at, rules.corrupt = rules.corrupt, None
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _whole_frames(kept: bytearray, watch: Callable[[bytes], None]) -> bytes:
    """The complete frames of the CTI wire; what is left over stays."""
    end = 0
    while len(kept) - end >= _FRAME.size:
        size = _FRAME.unpack_from(kept, end)[1]
        if len(kept) - end < size:
            break
        watch(bytes(kept[end + _FRAME.size : end + size]))
        end += size
    whole = bytes(kept[:end])
    del kept[:end]
    return whole
