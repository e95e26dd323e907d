"""Thousands of clients in one process: SIP as text over a few TCP connections, independent of the product.

A `Desk` is a user's session; a `Wire` is a connection that many desks share, as behind a front end.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import cast

from tests.journeys.raw import csta, status_request

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CALL = re.compile(rb"\r\ncall-id:[ \t]*([^\r]+)", re.IGNORECASE)
_CSEQ = re.compile(rb"\r\ncseq:[ \t]*(\d+)[ \t]+([A-Z]+)", re.IGNORECASE)
_ECHOED = re.compile(rb"^(?:via|from|to|call-id|cseq):[^\r]*\r\n", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(rb"\r\nto:[ \t]*([^\r]+)", re.IGNORECASE)
_CONTACT = re.compile(rb"\r\ncontact:[ \t]*<([^>]+)>", re.IGNORECASE)
_RETRY = re.compile(rb"\r\nretry-after:[ \t]*(\d+)", re.IGNORECASE)
_REASON = re.compile(rb'\r\nreason:[^\r]*text="([^"]*)"', re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z]+)[ >]")
_REFERENCE = re.compile(rb"<monitorCrossRefID>([^<]+)<")
_CALL_ID = re.compile(rb"<callID>([^<]+)<")
_BRANCHES = count(1)
_HEADERS = "Content-Disposition: signal;handling=required\r\nContent-Type: application/csta+xml\r\n"
#: Seconds a request waits for its answer unless told otherwise: 64*T1 (RFC 3261 §17).
PATIENCE = 32.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A final response; `status` 0: none came."""

    status: int
    head: bytes = b""
    body: bytes = b""
    took: float = 0.0

    @property
    def root(self) -> str:
        """The CSTA message in the body."""
        found = _ROOT.search(self.body)
        return found.group(1).decode() if found else ""

    @property
    def text(self) -> str:
        """For people."""
        reason = _REASON.search(self.head)
        error = re.search(rb"<[A-Za-z]+>([A-Za-z]+)</[A-Za-z]+></CSTAErrorCode>", self.body)
        words = reason.group(1) if reason else error.group(1) if error else self.root.encode()
        return f"{self.status} {words.decode(errors='replace')}".strip()

    @property
    def served(self) -> bool:
        """200, and no CSTA error in it."""
        return self.status == 200 and self.root != "CSTAErrorCode"

    @property
    def retry_after(self) -> int:
        found = _RETRY.search(self.head)
        return int(found.group(1)) if found else 0


def call_in(body: bytes) -> str:
    """The first call id of a body."""
    found = _CALL_ID.search(body)
    return found.group(1).decode() if found else ""


@dataclass(eq=False)
class Desk:
    """One session after the other of one user. `on_event` gets the name and the body of every INFO."""

    load: Load
    wire: Wire
    number: int
    line: str
    call_id: str = ""
    to: str = ""
    target: str = "sip:ctigw@example.com"
    cseq: int = 0
    reference: str = ""
    open: bool = False
    ended: str = ""
    ended_at: float = 0.0
    extra: str = ""
    contact: int = 0
    sign_ins: int = 0
    on_event: Callable[[Desk, str, bytes], None] = lambda desk, name, body: None

    def text(self, method: str, body: str = "", *, branch: str = "", cseq: int = 0) -> bytes:
        """A request of the dialog; the next one unless a number is given."""
        if not cseq:
            self.cseq += 1
            cseq = self.cseq
        where = f"127.0.0.1:{self.contact or self.wire.port}"
        return (
            f"{method} {self.target} SIP/2.0\r\n"
            f"Via: SIP/2.0/TCP {where};branch={branch or f'z9hG4bKf{next(_BRANCHES)}'}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:u{self.number}@example.com>;tag=f{self.number}\r\n"
            f"To: {self.to or '<sip:ctigw@example.com>'}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {cseq} {method}\r\nContact: <sip:u{self.number}@{where};transport=tcp>\r\n"
            f"Supported: timer\r\n{self.extra if method == 'INVITE' else ''}{_HEADERS if body else ''}"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        ).encode()

    async def ask(self, method: str, body: str = "", *, within: float = PATIENCE) -> Answer:
        """Send a request and wait for its final answer."""
        message = self.text(method, body)
        return await self.wire.ask(self.call_id, self.cseq, message, within)

    async def service(self, name: str, inner: str, *, within: float = PATIENCE) -> Answer:
        """A CSTA service."""
        return await self.ask("INFO", csta(name, inner), within=within)

    def begin(self) -> bytes:
        """The INVITE of a new session."""
        self.sign_ins += 1
        self.call_id, self.to, self.cseq = f"f{self.number}-{self.sign_ins}@load", "", 0
        self.target, self.ended, self.reference = "sip:ctigw@example.com", "", ""
        self.load.desks[self.call_id.encode()] = self
        return self.text("INVITE", status_request(self.line))

    async def invite(self, *, within: float = PATIENCE) -> Answer:
        """INVITE and its ACK."""
        message = self.begin()
        answer = await self.wire.ask(self.call_id, 1, message, within)
        if answer.status:
            self.acknowledge(message, answer)
        else:
            self.load.desks.pop(self.call_id.encode(), None)
        return answer

    def acknowledge(self, invite: bytes, answer: Answer) -> None:
        """ACK: a 2xx opens the session, anything else is over with it."""
        to = _TO.search(answer.head)
        self.to = to.group(1).decode(errors="replace") if to else ""
        branch = re.search(rb"branch=([^\r;]+)", invite)
        if answer.status == 200:
            contact = _CONTACT.search(answer.head)
            self.target = contact.group(1).decode(errors="replace") if contact else self.target
            self.open = True
            self.wire.send(self.text("ACK", cseq=1))
        else:
            self.load.desks.pop(self.call_id.encode(), None)
            self.wire.send(self.text("ACK", branch=branch.group(1).decode() if branch else "", cseq=1))

    async def monitor(self) -> Answer:
        """MonitorStart."""
        device = f"<monitorObject><deviceObject>{self.line}</deviceObject></monitorObject>"
        answer = await self.service("MonitorStart", device)
        found = _REFERENCE.search(answer.body)
        self.reference = found.group(1).decode() if found else ""
        return answer

    async def sign_in(self) -> Answer:
        """INVITE and MonitorStart; the first answer that says no, else the last."""
        answer = await self.invite()
        return await self.monitor() if answer.status == 200 else answer

    async def sign_out(self) -> Answer:
        """BYE."""
        answer = await self.ask("BYE")
        self.over("signed out")
        return answer

    async def snapshot(self, *, within: float = PATIENCE) -> Answer:
        """A service that the CTIManager answers."""
        line = f"<snapshotObject>{self.line}</snapshotObject>"
        return await self.service("SnapshotDevice", line, within=within)

    async def make_call(self, number: str) -> Answer:
        parties = f"<callingDevice>{self.line}</callingDevice>"
        return await self.service(
            "MakeCall", f"{parties}<calledDirectoryNumber>tel:{number}</calledDirectoryNumber>"
        )

    async def clear(self, call: str) -> Answer:
        """Hang up."""
        connection = f"<callID>{call}</callID><deviceID>{self.line}</deviceID>"
        return await self.service(
            "ClearConnection", f"<connectionToBeCleared>{connection}</connectionToBeCleared>"
        )

    def over(self, why: str) -> None:
        """The session is over."""
        self.open, self.ended, self.ended_at = False, why, time.monotonic()
        self.load.desks.pop(self.call_id.encode(), None)

    def receive(self, method: str, head: bytes, body: bytes) -> None:
        """A request of the gateway."""
        if method == "BYE":
            reason = _REASON.search(head)
            self.over(reason.group(1).decode() if reason else "BYE")
        elif method == "INFO":
            root = _ROOT.search(body, body.find(b"?>") + 1)
            self.on_event(self, root.group(1).decode() if root else "", body)


class Wire(asyncio.Protocol):
    """One connection to the gateway."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = bytearray()
        self._waiting: dict[tuple[bytes, int], tuple[asyncio.Future[Answer], float]] = {}
        self._out: list[bytes] = []
        self.port = 0
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.port = self.transport.get_extra_info("sockname")[1]

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        for future, _ in self._waiting.values():
            if not future.done():
                future.set_result(Answer(0))
        self._waiting.clear()

    def send(self, message: bytes) -> None:
        """Everything of one turn of the loop leaves together."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(message)

    def _flush(self) -> None:
        out, self._out = self._out, []
        if not self.lost:
            self.transport.write(b"".join(out))

    async def ask(self, call_id: str, cseq: int, message: bytes, within: float) -> Answer:
        """Send a request; its final answer, or one of status 0."""
        if self.lost:
            return Answer(0)
        key = (call_id.encode(), cseq)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (future, time.monotonic())
        self.send(message)
        done, _ = await asyncio.wait([future], timeout=within)
        self._waiting.pop(key, None)
        return future.result() if done else Answer(0, took=within)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start = 0
        while (end := buffer.find(b"\r\n\r\n", start)) >= 0:
            head = bytes(buffer[start : end + 2])
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length.group(1)) if length else 0)
            if len(buffer) < stop:
                break
            self._take(head, bytes(buffer[end + 4 : stop]))
            start = stop
        del buffer[:start]

    def _take(self, head: bytes, body: bytes) -> None:
        call, cseq = _CALL.search(head), _CSEQ.search(head)
        if call is None or cseq is None:
            return
        if head.startswith(b"SIP/2.0 "):
            status = int(head[8:11])
            asked = self._waiting.get((call.group(1), int(cseq.group(1))))
            if asked is not None and status >= 200 and not asked[0].done():
                asked[0].set_result(Answer(status, head, body, time.monotonic() - asked[1]))
            return
        desk = self._load.desks.get(call.group(1))
        status_line = b"SIP/2.0 200 OK\r\n" if desk else b"SIP/2.0 481 Gone\r\n"
        self.send(status_line + b"".join(_ECHOED.findall(head)) + b"Content-Length: 0\r\n\r\n")
        if desk is not None:
            desk.receive(cseq.group(2).decode(), head, body)


@dataclass(eq=False)
class Load:
    """All clients of a row. Further desks share the wires in turn."""

    port: int
    wires: list[Wire] = field(default_factory=list)
    desks: dict[bytes, Desk] = field(default_factory=dict)
    users: list[Desk] = field(default_factory=list)

    async def connect(self, wires: int = 8) -> None:
        self.wires += [await self.wire() for _ in range(wires)]

    async def wire(self) -> Wire:
        """One more connection, for whoever asks."""
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(lambda: Wire(self), "127.0.0.1", self.port)
        return wire

    async def listen(self) -> tuple[asyncio.Server, int]:
        """Where the gateway finds clients whose connection is gone; the port for their Contact."""
        listener = await asyncio.get_running_loop().create_server(lambda: Wire(self), "127.0.0.1", 0)
        return listener, listener.sockets[0].getsockname()[1]

    def desk(self, line: str, wire: Wire | None = None) -> Desk:
        """A user who is not signed in yet."""
        number = len(self.users)
        desk = Desk(self, wire or self.wires[number % len(self.wires)], number, line)
        self.users.append(desk)
        return desk

    async def sign_in(self, desks: list[Desk], together: int = 64) -> None:
        """All of them; every one has to succeed."""
        turns = asyncio.Semaphore(together)

        async def one(desk: Desk) -> None:
            async with turns:
                answer = await desk.sign_in()
                assert answer.served, f"{desk.line}: {answer.text}"

        await asyncio.gather(*(one(desk) for desk in desks))

    def close(self) -> None:
        for wire in self.wires:
            wire.transport.abort()
