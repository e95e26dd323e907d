"""A client of the wire that knows bytes only: eight of header, then XML. Shares no code with the product."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ctimgr_client.simulator import Limits, Simulator

ED3 = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
SESSION = "http://www.ecma-international.org/standards/ecma-354/appl_session"
PATIENCE = 5.0


class RawClient:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, invoke_id: int, xml: str) -> None:
        self.writer.write(framed(invoke_id, xml))

    async def receive(self) -> tuple[int, str]:
        header = await asyncio.wait_for(self.reader.readexactly(8), PATIENCE)
        assert header[:2] == b"\0\0"
        length = int.from_bytes(header[2:4])
        body = await asyncio.wait_for(self.reader.readexactly(length - 8), PATIENCE)
        return int(header[4:]), body.decode()

    async def ask(self, invoke_id: int, xml: str) -> str:
        self.send(invoke_id, xml)
        answered, body = await self.receive()
        assert answered == invoke_id, body
        return body

    async def start(self, duration: int = 60) -> str:
        """The session id."""
        return text(await self.ask(0, start(duration)), "sessionID")

    async def monitor(self, device: str) -> str:
        """The cross reference."""
        monitored = f"<monitorObject><deviceObject>{device}</deviceObject></monitorObject>"
        answer = await self.ask(1, csta("MonitorStart", monitored))
        return text(answer, "monitorCrossRefID")

    async def events(self, count: int) -> list[str]:
        """Names and local states of the next events, e.g. `DeliveredEvent connected`."""
        found = []
        for _ in range(count):
            invoke_id, body = await self.receive()
            assert invoke_id == 9999, body
            found.append(f"{root(body)} {text(body, 'localConnectionInfo')}")
        return found

    async def ended(self) -> type[Exception] | None:
        """How the far side ended the connection: None for a FIN, the exception for a reset."""
        try:
            rest = await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionResetError as error:
            return type(error)
        assert rest == b""
        return None

    async def silent(self, seconds: float) -> bool:
        """Whether nothing at all comes for so long."""
        try:
            await asyncio.wait_for(self.reader.readexactly(1), seconds)
        except TimeoutError:
            return True
        return False


async def until(condition: Callable[[], bool]) -> None:
    """Something that takes a few turns of the loop, and never long."""
    for _ in range(5000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


def csta(element: str, children: str = "", namespace: str = ED3) -> str:
    return f'<{element} xmlns="{namespace}">{children}</{element}>'


def start(duration: int = 60) -> str:
    return csta(
        "StartApplicationSession",
        "<applicationInfo><applicationID>raw</applicationID></applicationInfo>"
        f"<requestedProtocolVersions><protocolVersion>{ED3}</protocolVersion></requestedProtocolVersions>"
        f"<requestedSessionDuration>{duration}</requestedSessionDuration>",
        SESSION,
    )


def make_call(caller: str, number: str) -> str:
    children = (
        f"<callingDevice>{caller}</callingDevice><calledDirectoryNumber>{number}</calledDirectoryNumber>"
    )
    return csta("MakeCall", children)


def on_connection(service: str, child: str, call: str, device: str) -> str:
    connection = f"<callID>{call}</callID><deviceID>{device}</deviceID>"
    return csta(service, f"<{child}>{connection}</{child}>")


def framed(invoke_id: int, xml: str) -> bytes:
    body = xml.encode()
    return b"\0\0" + (len(body) + 8).to_bytes(2) + b"%04d" % invoke_id + body


def root(body: str) -> str:
    found = re.search(r"<([A-Za-z]+)[ />]", body)
    assert found
    return found[1]


def text(body: str, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", body)
    assert found, f"no {element} in {body}"
    return found[1]


class Running:
    """A simulator on loopback, and clients of it that are closed with it."""

    def __init__(self, simulator: Simulator, ports: list[int]) -> None:
        self.simulator = simulator
        self.ports = ports
        self.clients: list[RawClient] = []

    async def connect(self, number: int = 1) -> RawClient:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[number - 1])
        client = RawClient(reader, writer)
        self.clients.append(client)
        return client

    async def session(self, number: int = 1) -> RawClient:
        client = await self.connect(number)
        await client.start()
        return client


@asynccontextmanager
async def running(count: int = 1, limits: Limits | None = None) -> AsyncIterator[Running]:
    simulator = Simulator(limits=limits, rehoming_delay=0.01)
    addresses = await simulator.start([("127.0.0.1", 0)] * count)
    site = Running(simulator, [address.port for address in addresses])
    try:
        yield site
    finally:
        await simulator.stop()
        for client in site.clients:
            client.writer.transport.abort()
        await asyncio.sleep(0)
