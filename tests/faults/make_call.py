"""The row about a MakeCall whose connection is cut: it must not be placed twice, wherever the cut is."""

from __future__ import annotations

import asyncio
import re
from collections import Counter

from csta_xml import DeviceId, MakeCall
from sip import Flow, Framer, Transport
from tests.journeys.in_memory import Client, House, MemoryLink
from tests.journeys.raw import csta

from .links import settings
from .load import Desk
from .plant import Plant, plant, until
from .proxy import UP, Proxy
from .table import Measure, Scale, none_of

#: Rings for ever, so that a call that was placed can be counted.
RINGS = "1904"
_LINE = DeviceId("tel:1001")


# --- in memory --------------------------------------------------------------------------------------------


def cut_before_the_gateway(offset: int) -> tuple[int, int]:
    """The client's connection breaks after so many bytes; it sends the same request again on a new one.

    Gives the calls there are then, and the bytes of the request.
    """
    house, _, message = _about_to_call()
    feed(house, Framer(), house._gateway_flow, message[:offset])
    house.agent.flow_lost(house._gateway_flow, house.now)
    again = Flow(Transport.TCP, house._gateway_flow.local, ("192.0.2.10", 49153))
    feed(house, Framer(), again, message)
    feed(house, Framer(), again, message)
    return len(house.cluster.calls), len(message)


def feed(house: House, framer: Framer, flow: Flow, data: bytes) -> None:
    """Bytes of the client, and all that follows from them."""
    for frame in framer.receive_data(data):
        house._gateway(house.agent.receive(flow, frame, house.now))
    house.settle()


def _about_to_call() -> tuple[House, Client, bytes]:
    """A client whose MakeCall is ready to leave."""
    house = House()
    client = house.sign_in(str(_LINE))
    house.send(client, MakeCall(calling_device=_LINE, called_directory_number=DeviceId(f"tel:{RINGS}")))
    message = b"".join(house._client_flow.out)
    house._client_flow.out.clear()
    return house, client, message


def cut_before_the_ctimanager(offset: int) -> tuple[int, int]:
    """The gateway's link breaks after so many bytes of the request."""
    house, link = _at_the_link()
    request = b"".join(link.outbox)
    link.outbox.clear()
    for frame in link._to_provider.receive_data(request[:offset]):
        link.provider.receive(frame, house.now)
    _break(house, link)
    return len(house.cluster.calls), len(request)


def cut_before_the_answer(offset: int) -> tuple[int, int]:
    """The link breaks after so many bytes of what the CTIManager says to the request."""
    house, link = _at_the_link()
    for frame in link._to_provider.receive_data(b"".join(link.outbox)):
        link.provider.receive(frame, house.now)
    link.outbox.clear()
    answer = b"".join(link.provider.out)
    link._receive(answer[:offset])
    _break(house, link)
    return len(house.cluster.calls), len(answer)


def _at_the_link() -> tuple[House, MemoryLink]:
    """The MakeCall has reached the link, and waits there."""
    house, client, message = _about_to_call()
    link = house.link_of(client)
    link.stalled = True
    feed(house, Framer(), house._gateway_flow, message)
    return house, link


def _break(house: House, link: MemoryLink) -> None:
    house.lose(link)
    house.advance(20)
    house.come_back(link)
    house.advance(20)


CUTS = (cut_before_the_gateway, cut_before_the_ctimanager, cut_before_the_answer)


def in_memory(step: int) -> tuple[int, list[str]]:
    """Offsets of every kind of cut: how many there were, and calls placed twice, or never though asked
    for twice."""
    played, twice = 0, []
    for cut in CUTS:
        _, size = cut(0)
        for offset in range(0, size + 1, step):
            calls, _ = cut(offset)
            played += 1
            if calls > 1 or (cut is cut_before_the_gateway and not calls):
                twice.append(f"{cut.__name__} {offset}: {calls} calls")
    return played, twice


# --- over real TCP ----------------------------------------------------------------------------------------


async def make_call(scale: Scale) -> list[Measure]:
    """Both ends joined in memory, then over real TCP."""
    played, twice = await asyncio.to_thread(in_memory, 1 if scale.full else 7)
    many = 200 if scale.full else 24
    ctimanagers = scale.ctimanagers
    quick = settings(scale, **{"heartbeat.interval": '"500ms"'})
    async with plant([ctimanagers], phones=many, proxied=True, settings=quick) as running:
        front = Proxy("127.0.0.1", running.sip)
        await front.start()
        try:
            for number in range(many // 2):
                await _cut_the_client(running, front, number)
        finally:
            await front.stop()
        rounds = (many // 2 + ctimanagers - 1) // ctimanagers
        for turn in range(rounds):
            desks = range(many // 2 + turn * ctimanagers, min(many, many // 2 + (turn + 1) * ctimanagers))
            await _cut_the_links(running, list(desks))
        await asyncio.sleep(1)
        state = await running.state(running.clusters()[0])
        placed = Counter(
            party["dn"] for call in state["calls"] for party in call["parties"] if party["dn"] != RINGS
        )
        over_tcp = [f"{line}: {calls} calls" for line, calls in placed.items() if calls > 1]
        return [
            none_of(f"calls placed twice in {played} cuts in memory", twice),
            none_of(f"calls placed twice in {many} cuts over TCP ({len(placed)} placed)", over_tcp),
        ]


def _message(desk: Desk) -> bytes:
    parties = f"<callingDevice>{desk.line}</callingDevice>"
    body = f"{parties}<calledDirectoryNumber>tel:{RINGS}</calledDirectoryNumber>"
    return desk.text("INFO", csta("MakeCall", body))


async def _cut_the_client(running: Plant, front: Proxy, number: int) -> None:
    """The client's connection is cut within its MakeCall, which it repeats on another connection."""
    loop = asyncio.get_running_loop()
    load = running.load
    _, wire = await loop.create_connection(lambda: type(load.wires[0])(load), "127.0.0.1", front.port)
    desk = load.desk(f"tel:{2_000_000 + number}", wire)
    assert (await desk.sign_in()).served
    message = _message(desk)
    cut = asyncio.Event()
    front.on_cut = cut.set
    front.cut_after(UP, 1 + number * len(message) // 100 % len(message))
    wire.transport.write(message)
    async with asyncio.timeout(5):
        await cut.wait()
    desk.wire = load.wires[number % 8]
    for _ in range(2):
        await desk.wire.ask(desk.call_id, desk.cseq, message, 10)


async def _cut_the_links(running: Plant, numbers: list[int]) -> None:
    """A client on every CTIManager places a call, and the link breaks within the request."""
    await until(lambda: _all_up(running), 30)
    await asyncio.sleep(1.1)  # a link that lasts two intervals is dialled again without a growing pause
    desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in numbers]
    for desk in desks:
        assert (await desk.sign_in()).served
    carriers = running.carriers()
    for number, desk in zip(numbers, desks, strict=True):
        proxy = running.places[carriers[desk.call_id]].proxy
        assert proxy is not None
        proxy.cut_after(UP, 1 + number * 7 % 360)
    await asyncio.gather(*(desk.ask("INFO", _body(desk)) for desk in desks))
    for place in running.places.values():
        assert place.proxy is not None
        place.proxy.ways[UP].left = None


def _body(desk: Desk) -> str:
    return re.sub(r"(?s)^.*?\r\n\r\n", "", _message(desk).decode())


async def _all_up(running: Plant) -> bool:
    return await running.in_service() == len(running.places)
