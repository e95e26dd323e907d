"""Shared by the tests of the shell: an endpoint on loopback, and programs that speak to it in raw bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

from sip import (
    Dialog,
    Endpoint,
    Event,
    InfoReceived,
    InviteReceived,
    ListenAddress,
    OptionsReceived,
    Response,
    TlsContexts,
    Transport,
    TransportLimits,
)
from tests.sip.peers import capture, response_of, with_tag

OPTIONS, INVITE, ACK, INFO = capture("options"), capture("invite"), capture("ack"), capture("info_features")
QUICK = TransportLimits(sweep=0.02, redial=0.02, linger=0.2)


class Gateway:
    """An endpoint that answers everything 200 and notes what it was told."""

    def __init__(
        self, limits: TransportLimits = QUICK, advertise: str = "", tls: TlsContexts | None = None
    ) -> None:
        self.events: list[Event] = []
        self.errors: list[str] = []
        self.dialogs: list[Dialog] = []
        self.fail_on: type[Event] | None = None
        self.port = 0
        self.endpoint = Endpoint(
            self.on_event, limits=limits, advertise=advertise, tls=tls, on_error=self.on_error
        )

    def on_event(self, event: Event, now: float) -> None:
        self.events.append(event)
        if self.fail_on is not None and isinstance(event, self.fail_on):
            raise RuntimeError("the application failed")
        agent = self.endpoint.agent
        if isinstance(event, InviteReceived):
            dialog = agent.accept(event.transaction, now)
            assert dialog is not None
            self.dialogs.append(dialog)
        elif isinstance(event, InfoReceived | OptionsReceived):
            agent.respond(event.transaction, 200, now)

    def on_error(self, what: str, error: BaseException) -> None:
        self.errors.append(what)

    @property
    def connections(self) -> int:
        """Open connections."""
        return sum(self.endpoint.connection_counts.values())

    def told(self, kind: type[Event]) -> list[Event]:
        """The events of a kind that have come."""
        return [event for event in self.events if isinstance(event, kind)]

    def request(self, dialog: Dialog, body: bytes = b"", token: object = None) -> bool:
        """Send an INFO."""
        return self.endpoint.agent.request(dialog, b"INFO", self.endpoint.now, body=body, token=token)


@asynccontextmanager
async def serving(
    limits: TransportLimits = QUICK,
    advertise: str = "",
    *,
    kind: Transport = Transport.TCP,
    host: str = "127.0.0.1",
    tls: TlsContexts | None = None,
) -> AsyncIterator[Gateway]:
    """A gateway that listens."""
    gateway = Gateway(limits, advertise, tls)
    [address] = await gateway.endpoint.listen([ListenAddress(kind, host, 0)])
    gateway.port = address.port
    try:
        yield gateway
    finally:
        await gateway.endpoint.close()


class Peer:
    """A program that speaks in raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *messages: bytes) -> None:
        """Write messages, as one."""
        self.writer.write(b"".join(messages))

    def stop_reading(self) -> None:
        """Take nothing any more."""
        cast(asyncio.ReadTransport, self.writer.transport).pause_reading()

    def resume_reading(self) -> None:
        """Take what comes again."""
        cast(asyncio.ReadTransport, self.writer.transport).resume_reading()

    async def message(self) -> bytes:
        """The next message, as it came."""
        async with asyncio.timeout(2.0):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            return head + await self.reader.readexactly(length)

    async def response(self) -> Response:
        """The next message, which is a response."""
        return response_of(await self.message())

    async def closed(self) -> bytes:
        """What still comes before the connection is closed."""
        async with asyncio.timeout(2.0):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def peer_of(gateway: Gateway) -> AsyncIterator[Peer]:
    """A TCP connection to a gateway."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def opened(gateway: Gateway, peer: Peer, invite: bytes = INVITE) -> Dialog:
    """A session that the peer has opened and acknowledged."""
    peer.send(invite)
    assert (await peer.response()).status == 200
    dialog = gateway.dialogs[-1]
    peer.send(with_tag(ACK, dialog))
    await until(lambda: dialog.confirmed)
    return dialog


async def lost_dialog(gateway: Gateway, invite: bytes = INVITE) -> Dialog:
    """A session whose connection is gone."""
    async with peer_of(gateway) as peer:
        dialog = await opened(gateway, peer, invite)
    await until(lambda: dialog.flow.closed)
    return dialog


async def until(condition: Callable[[], object]) -> None:
    """Wait for something to become so."""
    async with asyncio.timeout(2.0):
        while not condition():
            await asyncio.sleep(0.005)
