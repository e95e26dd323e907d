"""A tiny CTIManager on loopback, and a listener that writes down what it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

from csta_xml import (
    CSTAErrorCode,
    Event,
    HoldCall,
    HoldCallResponse,
    Message,
    MonitorCrossRefId,
    ResetApplicationSessionTimer,
    ResetApplicationSessionTimerPosResponse,
    Response,
    StartApplicationSession,
    StartApplicationSessionPosResponse,
    StopApplicationSession,
    StopApplicationSessionPosResponse,
    SystemStatusValue,
    decode,
    encode,
)
from ctimgr_client.address import CtiManagerAddress, LinkId
from ctimgr_client.client import CtiManagers
from ctimgr_client.failures import LinkDown
from ctimgr_client.frames import EVENT_INVOKE_ID, FrameReader, encode_frame
from ctimgr_client.listener import Reply


class FakeCtiManager:
    """Opens sessions, resets timers and holds calls; a MakeCall it never answers."""

    def __init__(self, name: str = "ctim1") -> None:
        self.name = name
        self.port = 0
        self.hangs = False
        self.refusal: Response | None = None
        self.received: list[Message] = []
        self.connections: list[FakeConnection] = []
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> CtiManagerAddress:
        return CtiManagerAddress(self.name, "127.0.0.1", self.port)

    async def start(self) -> "FakeCtiManager":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: FakeConnection(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def kill(self) -> None:
        """Stop listening and reset every connection."""
        if self._server is not None:
            self._server.close()
        for connection in self.connections:
            connection.transport.abort()
        self.connections.clear()

    def sends(self, message: Message, invoke_id: int = EVENT_INVOKE_ID) -> None:
        """To every connection."""
        self.sends_bytes(encode_frame(invoke_id, encode(message)))

    def sends_bytes(self, wire: bytes) -> None:
        for connection in self.connections:
            connection.transport.write(wire)

    def answer(self, message: Message) -> Message | None:
        match message:
            case StartApplicationSession() if self.refusal is not None:
                return self.refusal
            case StartApplicationSession():
                return StartApplicationSessionPosResponse(
                    session_id="s1",
                    actual_protocol_version=message.protocol_versions[0],
                    actual_session_duration=message.duration,
                )
            case ResetApplicationSessionTimer():
                return ResetApplicationSessionTimerPosResponse(
                    actual_session_duration=message.requested_session_duration
                )
            case StopApplicationSession():
                return StopApplicationSessionPosResponse()
            case HoldCall():
                return HoldCallResponse()
            case _:
                return None


class FakeConnection(asyncio.Protocol):
    def __init__(self, ctimanager: FakeCtiManager) -> None:
        self._ctimanager = ctimanager
        self._reader = FrameReader()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._ctimanager.connections.append(self)

    def data_received(self, data: bytes) -> None:
        for frame in self._reader.receive_data(data):
            message = decode(frame.body)
            self._ctimanager.received.append(message)
            answer = None if self._ctimanager.hangs else self._ctimanager.answer(message)
            if answer is not None:
                self.transport.write(encode_frame(frame.invoke_id, encode(answer)))


@dataclass
class Diary:
    """A listener that writes down what it is told, one short word each."""

    words: list[str] = field(default_factory=list)
    links: list[LinkId] = field(default_factory=list)
    downs: list[LinkDown] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def link_up(self, link: LinkId) -> None:
        self.words.append(f"up {link.name}#{link.generation}")
        self.links.append(link)

    def link_down(self, link: LinkId, cause: LinkDown) -> None:
        self.words.append(f"down {link.name}#{link.generation} {cause.reason}")
        self.downs.append(cause)

    def system_status(self, link: LinkId, status: SystemStatusValue) -> None:
        self.words.append(f"status {link.name}#{link.generation} {status}")

    def monitor_ended(self, link: LinkId, reference: MonitorCrossRefId) -> None:
        self.words.append(f"ended {link.name}#{link.generation} {reference}")

    def event(self, link: LinkId, event: Event) -> None:
        self.words.append(f"event {link.name}#{link.generation}")
        self.events.append(event)

    def events_flushed(self, link: LinkId) -> None:
        if self.words[-1].startswith(("event", "reply")):
            self.words.append("flushed")

    def reply(self, name: str = "reply") -> Reply:
        """A reply that is written down too."""

        def wrote(answer: Response | CSTAErrorCode) -> None:
            said = answer.value if isinstance(answer, CSTAErrorCode) else type(answer).__name__
            self.words.append(f"{name} {said}")

        return wrote


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for what other ends of sockets do."""
    async with asyncio.timeout(seconds):
        while not condition():  # the far end of a socket sets no event of ours
            await asyncio.sleep(0.002)


@asynccontextmanager
async def running(
    *addresses: CtiManagerAddress,
    diary: Diary,
    interval: float = 5.0,
    request_timeout: float = 2.0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[CtiManagers]:
    managers = CtiManagers(
        addresses,
        application_id="cstagw-test",
        interval=interval,
        request_timeout=request_timeout,
        listener=diary,
        tls=tls,
    )
    task = asyncio.create_task(managers.run())
    try:
        yield managers
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def connected(
    diary: Diary, *, interval: float = 5.0, request_timeout: float = 2.0
) -> AsyncIterator[tuple[FakeCtiManager, CtiManagers, LinkId]]:
    """One CTIManager that is in service."""
    ctim = await FakeCtiManager().start()
    try:
        async with running(
            ctim.address, diary=diary, interval=interval, request_timeout=request_timeout
        ) as managers:
            await until(lambda: diary.links)
            yield ctim, managers, diary.links[0]
    finally:
        ctim.kill()
