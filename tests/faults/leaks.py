"""The row about what is left behind by sessions that are given up in the middle of something."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.journeys.raw import csta

from .links import settings
from .load import Desk, Wire
from .plant import Plant, plant, until
from .table import Measure, Scale
from .traffic import ANSWERS

#: Sessions that are given up together, with the connection they came in on.
_TOGETHER = 50
#: The shortest session interval there is: nobody refreshes these sessions any more.
_SHORT = "Session-Expires: 90;refresher=uac\r\n"

Step = Callable[[Desk], Awaitable[object]]


async def half_an_invite(desk: Desk) -> None:
    message = desk.begin()
    desk.wire.send(message[: random.randrange(1, len(message))])


async def invite(desk: Desk) -> None:
    desk.wire.send(desk.begin())


async def cancel(desk: Desk) -> None:
    message = desk.begin()
    head = message.partition(b"Session-Expires")[0].replace(b"INVITE", b"CANCEL")
    desk.wire.send(message + head + b"Content-Length: 0\r\n\r\n")


async def no_ack(desk: Desk) -> None:
    message = desk.begin()
    await desk.wire.ask(desk.call_id, 1, message, 10)


async def open_session(desk: Desk) -> None:
    await desk.invite()


async def monitor_start(desk: Desk) -> None:
    await desk.invite()
    device = f"<monitorObject><deviceObject>{desk.line}</deviceObject></monitorObject>"
    desk.wire.send(desk.text("INFO", csta("MonitorStart", device)))


async def monitor(desk: Desk) -> None:
    await desk.sign_in()


async def make_call(desk: Desk) -> None:
    await desk.sign_in()
    parties = f"<callingDevice>{desk.line}</callingDevice>"
    body = csta("MakeCall", f"{parties}<calledDirectoryNumber>tel:{ANSWERS}</calledDirectoryNumber>")
    desk.wire.send(desk.text("INFO", body))


async def call_up(desk: Desk) -> None:
    await desk.sign_in()
    await desk.make_call(ANSWERS)


async def bye(desk: Desk) -> None:
    await desk.sign_in()
    desk.wire.send(desk.text("BYE"))


STEPS: tuple[Step, ...] = (
    half_an_invite, invite, cancel, no_ack, open_session, monitor_start, monitor, make_call, call_up, bye,
)  # fmt: skip


async def leaks(scale: Scale) -> list[Measure]:
    """Sessions that come and go, a quarter of them given up at ten different steps."""
    many, given_up = (20_000, 5_000) if scale.full else (150, 50)
    async with plant([scale.ctimanagers], phones=many, settings=settings(scale)) as running:
        load = running.load
        tasks, files = await _tasks(running), running.gateway.sockets() - len(load.wires)
        kept = [load.desk(f"tel:{2_000_000 + number}") for number in range(many - given_up)]
        signing_in = asyncio.create_task(load.sign_in(kept))
        await _give_up(running, many - given_up, given_up)
        await signing_in
        most = (await running.metrics())['cstagw_sessions{state="open"}']
        await _sign_out(kept)
        if (
            not scale.full
        ):  # nobody waits 90 s for a session interval here: the loss of the CTIManagers ends them
            for name in running.places:
                await running.fault(name, "crash")
            for name in running.places:
                await running.fault(name, "none")
        for wire in load.wires:
            wire.transport.abort()
        await until(lambda: _is_empty(running, scale.full, tasks, files), 150 if scale.full else 15, 0.5)
        remains = await left(running, transactions=scale.full)
        return [
            Measure(f"{many} sessions, {most:.0f} at once, {given_up} given up at {len(STEPS)} steps", True),
            Measure(
                "left: " + ", ".join(f"{value:g} {name}" for name, value in remains.items()),
                not any(remains.values()),
            ),
            Measure(
                f"tasks {tasks:g} before, {await _tasks(running):g} after", await _tasks(running) <= tasks
            ),
            Measure(
                f"sockets {files} before, {running.gateway.sockets()} after",
                running.gateway.sockets() <= files,
            ),
        ]


async def _give_up(running: Plant, first: int, many: int) -> None:
    """Groups on a connection of their own: each does one step, then the connection is reset."""
    turns = asyncio.Semaphore(4)

    async def group(number: int) -> None:
        async with turns:
            wire = await running.load.wire()
            step = STEPS[number % len(STEPS)]
            for at in range(first + number * size, first + min(many, (number + 1) * size)):
                desk = running.load.desk(f"tel:{2_000_000 + at}", wire)
                desk.extra = _SHORT
                await step(desk)
            await _reset(wire, wait=number % 2 == 0)

    size = min(_TOGETHER, max(1, many // len(STEPS)))
    await asyncio.gather(*(group(number) for number in range((many + size - 1) // size)))


async def _reset(wire: Wire, *, wait: bool) -> None:
    """Cut, half of the time with answers still on their way."""
    await asyncio.sleep(0.05 if wait else 0)
    wire.transport.abort()


async def _sign_out(desks: list[Desk]) -> None:
    turns = asyncio.Semaphore(64)

    async def one(desk: Desk) -> None:
        async with turns:
            await desk.sign_out()

    await asyncio.gather(*(one(desk) for desk in desks))


async def _tasks(running: Plant) -> float:
    return (await running.metrics())["cstagw_event_loop_tasks"]


async def _is_empty(running: Plant, full: bool, tasks: float, files: int) -> bool:
    if any((await left(running, transactions=full)).values()):
        return False
    return await _tasks(running) <= tasks and running.gateway.sockets() <= files


async def left(running: Plant, *, transactions: bool) -> dict[str, float]:
    """What should be nothing; kept answers are `transactions` that go 32 s after the last request."""
    metrics = await running.metrics()
    sip = (await running.status())["sip"]
    clusters = [await running.state(cluster) for cluster in running.clusters()]
    found = {
        "sessions": metrics['cstagw_sessions{state="open"}'],
        "monitors": metrics["cstagw_csta_monitors"],
        "devices": float(sum(one["devices"] for state in clusters for one in state["ctimanagers"])),
        "dialogs": float(sip["dialogs"]),
        "connections": float(sum(sip["connections"].values())),
    }
    if transactions:
        found["transactions"] = float(sip["transactions"]["server"] + sip["transactions"]["client"])
    return found
