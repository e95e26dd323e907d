"""A bridge process without JTAPI: serves the wire on the Unix socket that its settings name.

What a file says ("REASON|DETAIL") is why no session is opened and why those that are open end; without the
file there are sessions. Started as a program: `python fake_bridge.py FILE`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import cast

from csta_xml import (
    ApplicationSessionTerminated,
    Message,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerPosResponse,
    StartApplicationSession,
    StartApplicationSessionNegResponse,
    StartApplicationSessionPosResponse,
    StopApplicationSessionPosResponse,
    decode,
    encode,
)
from ctimgr_client.bridge_words import in_words
from ctimgr_client.frames import EVENT_INVOKE_ID, FrameReader, encode_frame


class Connection(asyncio.Protocol):
    def __init__(self, why: Path) -> None:
        self._why = why
        self._reader = FrameReader()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for frame in self._reader.receive_data(data):
            self._send(self._answer(decode(frame.body)), frame.invoke_id)
            if self._reason():
                self._send(
                    ApplicationSessionTerminated(session_id="s1", session_term_reason=self._reason()),
                    EVENT_INVOKE_ID,
                )

    def _send(self, message: Message, invoke_id: int) -> None:
        self._transport.write(encode_frame(invoke_id, encode(message)))

    def _reason(self) -> str:
        return in_words(*self._why.read_text().split("|")) if self._why.exists() else ""

    def _answer(self, message: Message) -> Message:
        if isinstance(message, StartApplicationSession):
            if self._reason():
                return StartApplicationSessionNegResponse(error_code=self._reason())
            return StartApplicationSessionPosResponse(
                session_id="s1",
                actual_protocol_version=message.protocol_versions[0],
                actual_session_duration=message.duration,
            )
        if isinstance(message, ResetApplicationSessionTimer):
            return ResetApplicationSessionTimerPosResponse(
                actual_session_duration=message.requested_session_duration
            )
        return StopApplicationSessionPosResponse()


async def main(why: Path) -> None:
    loop = asyncio.get_running_loop()
    listen: str = json.loads(sys.stdin.readline())["listen"]
    await loop.create_unix_server(lambda: Connection(why), listen.removeprefix("unix:"))
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
