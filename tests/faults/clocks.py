"""The row about time: the gateway is stopped for a while, and the wall clock jumps."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from .leaks import left
from .links import settings, unserved
from .load import Desk
from .plant import Plant, plant, until
from .table import Measure, Scale, none_of, seconds
from .traffic import Traffic


async def stopped(scale: Scale) -> list[Measure]:
    """Stopped for longer than its sessions at the CTIManagers live, then for less, then the wall clock."""
    few = min(scale.sessions, 500)
    long = 20.0 if scale.full else 6.0
    measures: list[Measure] = []
    async with plant([scale.ctimanagers], phones=few, settings=settings(scale)) as running:
        desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in range(few)]
        await running.load.sign_in(desks)
        await _pause(running, long if scale.full else 2.0)
        ended = await until(lambda: not any(desk.open for desk in desks), 10)
        measures.append(seconds(f"stopped for {long:g} s: {few} stale sessions ended after", ended, 5))
        remains = await left(running, transactions=False)
        sessions, devices = remains["sessions"], remains["devices"]
        measures.append(
            Measure(f"{sessions:g} sessions and {devices:g} devices left", not sessions + devices)
        )
        await until(lambda: _serves(desks[0]), 20, 0.1)
        await running.load.sign_in(desks[1:])
        measures.append(none_of("sessions not served again", await unserved(set(desks))))
    patient = settings(scale, **{"heartbeat.interval": f'"{int(long)}s"'})
    async with _jumping() as (file, environment), plant(
        [scale.ctimanagers], phones=few, settings=patient, environment=environment
    ) as running:  # fmt: skip
        measures += await _no_time_outs(running, scale, few, long, file)
    return measures


async def _no_time_outs(running: Plant, scale: Scale, few: int, long: float, file: Path) -> list[Measure]:
    desks = [running.load.desk(f"tel:{2_000_000 + number}") for number in range(few)]
    await running.load.sign_in(desks)
    for name in running.places:  # the answers come while the gateway is stopped
        await running.fault(name, "slow", delay=1.0)
    asked = [asyncio.create_task(desk.snapshot()) for desk in desks]
    await asyncio.sleep(0.5)
    await _pause(running, long)
    answers = await asyncio.gather(*asked)
    for name in running.places:
        await running.fault(name, "none")
    wrong = [one.text for one in answers if not one.served]
    wrong += await unserved(set(desks))
    traffic = Traffic(desks, scale.calls_per_second)
    traffic.start()
    visitor = running.load.desk("tel:1001")
    for jump in (3600, -3600, 0):
        file.write_text(str(jump))  # noqa: ASYNC240 - a few bytes
        await visitor.sign_in()
        await asyncio.sleep(3 if scale.full else 1)
        await visitor.sign_out()
    await traffic.stop()
    jumps = {one["ts"][:13] for one in running.lines("session.started", "session.ended")}
    return [
        none_of(
            f"spurious time-outs or lost sessions when stopped for {long:g} s with a longer interval "
            f"and {few} requests under way",
            wrong,
        ),
        none_of(
            f"effects of wall clock jumps by +-1 h ({traffic.whole} calls)",
            [*traffic.whole_elsewhere(set(desks)), *await unserved(set(desks))],
        ),
        Measure("the log followed them" if len(jumps) >= 3 else "not played: no C compiler", True),
    ]


async def _pause(running: Plant, long: float) -> None:
    running.gateway.signal(signal.SIGSTOP)
    await asyncio.sleep(long)
    running.gateway.signal(signal.SIGCONT)


async def _serves(desk: Desk) -> bool:
    return (await desk.sign_in()).served


@asynccontextmanager
async def _jumping() -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """A file that makes the wall clock of a process jump, and the environment for it: empty without a C
    compiler."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        file, library = Path(folder) / "jump", Path(folder) / "wall_clock.so"
        file.write_text("0")
        environment = {}
        if compiler := shutil.which("cc"):
            words: list[str | Path] = [
                compiler,
                "-shared",
                "-fPIC",
                "-o",
                library,
                Path(__file__).with_name("wall_clock.c"),
                "-ldl",
            ]
            subprocess.run(words, check=True, timeout=60)  # noqa: ASYNC221 - nothing else runs yet
            environment = {"LD_PRELOAD": str(library), "FAULTS_WALL_CLOCK": str(file)}
        yield file, environment
