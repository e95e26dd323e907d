"""A SIP client of bare sockets and text, independent of the product's endpoint."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from itertools import count

NS = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
LCS = "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension"
_NUMBERS = count(1)


def status_request(line: str) -> str:
    """RequestSystemStatus with the Line URI in Microsoft's private data."""
    return (
        f'<?xml version="1.0"?>\r\n<RequestSystemStatus xmlns="{NS}">\r\n'
        "  <extensions><privateData><private>\r\n"
        f'    <lcs:line xmlns:lcs="{LCS}">{line}</lcs:line>\r\n'
        "  </private></privateData></extensions>\r\n</RequestSystemStatus>"
    )


def csta(name: str, inner: str = "") -> str:
    return f'<{name} xmlns="{NS}">{inner}</{name}>'


@dataclass
class Message:
    """One message as text."""

    first: str
    headers: dict[str, list[str]]
    body: str

    @property
    def status(self) -> int:
        return int(self.first.split(" ")[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.first.split(" ")[0]

    def __getitem__(self, name: str) -> str:
        return self.headers.get(name.lower(), [""])[0]


@dataclass
class RawClient:
    """One dialog on one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    user: str = "alice"
    line: str = "tel:1001"
    call_id: str = field(default_factory=lambda: f"raw{next(_NUMBERS)}@test")
    to_tag: str = ""
    target: str = "sip:ctigw@example.com"
    cseq: int = 0

    @classmethod
    async def connect(cls, host: str, port: int, line: str = "tel:1001", user: str = "alice") -> RawClient:
        reader, writer = await asyncio.open_connection(host, port)
        return cls(reader, writer, user, line)

    def request(
        self,
        method: str,
        body: str = "",
        *,
        cseq: int | None = None,
        branch: str | None = None,
        extra: str = "",
        content: str = "application/csta+xml",
    ) -> bytes:
        """The bytes of a request of this dialog; `branch` empty means a Via without one."""
        self.cseq = self.cseq + 1 if cseq is None else cseq
        named = f"z9hG4bK{next(_NUMBERS)}" if branch is None else branch
        via = f"SIP/2.0/TCP 127.0.0.1:5999{f';branch={named}' if named else ''}"
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: {via}",
            "Max-Forwards: 69",
            f"From: <sip:{self.user}@example.com>;tag=f-{self.user};epid=bd23d9",
            f"To: <sip:ctigw@example.com>{f';tag={self.to_tag}' if self.to_tag else ''}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            f"Contact: <sip:{self.user}@127.0.0.1:5999;transport=tcp>",
            "Supported: timer",
        ]
        if body:
            lines += ["Content-Disposition: signal;handling=required", f"Content-Type: {content}"]
        if extra:
            lines.append(extra)
        lines.append(f"Content-Length: {len(body.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def send(self, *messages: bytes) -> None:
        self.writer.write(b"".join(messages))

    async def receive(self, *, within: float = 5.0) -> Message:
        """The next message, whatever it is."""
        async with asyncio.timeout(within):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *rest = head.strip().split("\r\n")
            headers: dict[str, list[str]] = {}
            for line in rest:
                name, _, value = line.partition(":")
                headers.setdefault(name.strip().lower(), []).append(value.strip())
            length = int(headers["content-length"][0])
            return Message(first, headers, (await self.reader.readexactly(length)).decode())

    async def answer_to(self, *messages: bytes) -> Message:
        """Send, and skip what the gateway sends by itself, until a final response comes."""
        self.send(*messages)
        while True:
            message = await self.receive()
            if message.status >= 200:
                return message

    async def sign_in(self, *, extra: str = "") -> Message:
        """INVITE and ACK."""
        answer = await self.answer_to(self.request("INVITE", status_request(self.line), extra=extra))
        if answer.status == 200:
            found = re.search(r";tag=([^;]+)", answer["to"])
            assert found is not None
            self.to_tag = found.group(1)
            self.target = answer["contact"].strip("<>")
            self.send(self.request("ACK", cseq=self.cseq))
        return answer

    async def monitor(self) -> str:
        """MonitorStart; the cross reference."""
        answer = await self.answer_to(self.request("INFO", self.monitor_start()))
        found = re.search("<monitorCrossRefID>([^<]+)<", answer.body)
        assert found is not None, answer.body
        return found.group(1)

    def monitor_start(self) -> str:
        return csta(
            "MonitorStart", f"<monitorObject><deviceObject>{self.line}</deviceObject></monitorObject>"
        )

    def make_call(self, number: str) -> str:
        return csta(
            "MakeCall",
            f"<callingDevice>{self.line}</callingDevice><calledDirectoryNumber>tel:{number}</calledDirectoryNumber>",
        )

    async def close(self) -> None:
        self.writer.close()
