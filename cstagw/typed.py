"""Lines from a terminal, a pipe or a file as they are typed, without a thread that nothing can interrupt.

Shell: waits for the descriptor and reads it. Reads only when a line is asked for, so nothing piles up.
"""

from __future__ import annotations

import asyncio
import os

_PIECE = 4096
_LONGEST = 65_536


class Typed:
    """One source of lines. Cancelling `line` loses nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = b""

    async def line(self) -> str | None:
        """The next line without its end; None after the last."""
        while b"\n" not in self._read and len(self._read) < _LONGEST:
            await self._readable()
            piece = self._piece()
            if not piece:
                last, self._read = self._read, b""
                return last.decode("utf-8", "replace") if last else None
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        return line.decode("utf-8", "replace")

    def _piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _PIECE)
        except OSError:  # the terminal has gone
            return b""

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(self._descriptor, _settle, ready)
        except PermissionError:  # a file of the disk is always readable, and cannot be waited for
            return
        try:
            await ready
        finally:
            loop.remove_reader(self._descriptor)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
