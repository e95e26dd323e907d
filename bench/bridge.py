"""What the bridge to JTAPI costs: events per second, CPU per event, added latency. `python -m bench.bridge`.

Beside it in the same rounds: a floor that only counts the library's events, and the simulator, which speaks
the same wire without Java. The library is the tests' own; it needs a JDK to be built. Linux only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from tests.system.jtapi.standin import BuildFailed, build

from . import PAGE, machine, table, write
from .application import Failed
from .sides import Bridge, Floor, Side, Storm
from .started import sides

LINES = (10, 1_000)
#: Events of JTAPI in a storm; storms of each side, one after the other's.
EVENTS, ROUNDS = 20_000, 5
#: Storms before any counts: the JVM compiles what is used often.
WARM_UP = 3
#: Samples of each latency, so many a second.
SAMPLES, RATE = 400, 200


@dataclass(frozen=True, slots=True)
class Storms:
    """Of one number of lines. `calls` are those of one storm, `events_of` how many events one of them makes:
    JTAPI's, CSTA's."""

    bridge: list[Storm]
    floor: list[Storm]
    calls: int
    jtapi: float
    csta: float

    @property
    def events(self) -> float:
        """JTAPI's events of one storm."""
        return self.calls * self.jtapi


@dataclass(slots=True)
class Latencies:
    """Nanoseconds, by what was done and by side."""

    samples: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def take(self, what: str, side: str, nanoseconds: int) -> None:
        self.samples.setdefault(what, {}).setdefault(side, []).append(nanoseconds)


def measure(jar: Path) -> tuple[dict[int, Storms], Latencies]:
    """Raises Failed where something does not do what is measured."""
    storms: dict[int, Storms] = {}
    latencies = Latencies()
    for lines in LINES:
        with TemporaryDirectory() as folder, sides(jar, Path(folder), lines) as (bridge, floor, simulator):
            storms[lines] = _storms(bridge, floor)
            if lines == LINES[0]:
                _events(latencies, bridge, floor)
                _requests(latencies, {"bridge": bridge, "floor": floor, "simulator": simulator})
    return storms, latencies


def _storms(bridge: Bridge, floor: Floor) -> Storms:
    floor.count(EVENTS)
    bridge.count(EVENTS)
    calls = floor.calls
    for _ in range(WARM_UP):
        floor.storm(EVENTS)
        bridge.storm(EVENTS, calls)
    pairs = [(floor.storm(EVENTS), bridge.storm(EVENTS, calls)) for _ in range(ROUNDS)]
    return Storms([two for _, two in pairs], [one for one, _ in pairs], calls, floor.events, bridge.events)


def _events(latencies: Latencies, bridge: Bridge, floor: Floor) -> None:
    for _ in _paced():
        latencies.take("an event", "floor", floor.event())
        latencies.take("an event", "bridge", bridge.event())


def _requests(latencies: Latencies, all_sides: dict[str, Side]) -> None:
    for name, side in all_sides.items():
        side.begin_call()
        for _ in _paced():
            latencies.take("hold, retrieve", name, side.hold_or_retrieve())
        side.end_call()
        for _ in _paced():
            latencies.take("forwarding set", name, side.set_forwarding())


def _paced() -> Iterator[None]:
    due = time.monotonic()
    for _ in range(SAMPLES):
        yield
        due = max(due + 1 / RATE, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


# --- the page -----------------------------------------------------------------------------------------------


def shown(storms: dict[int, Storms], latencies: Latencies) -> str:
    """The tables."""
    return "\n".join([f"Measured with {machine()}.\n", *_tables(storms, latencies)])


def _tables(storms: dict[int, Storms], latencies: Latencies) -> Iterator[str]:
    head = ["monitored lines", *(f"{lines:,}" for lines in storms)]
    of = list(storms.values())
    yield table(
        "A storm of calls, median of the rounds:",
        head,
        {
            "JTAPI events a second": [f"{one.events / _seconds(one.bridge):,.0f}" for one in of],
            "CSTA events a second out of them": [
                f"{one.calls * one.csta / _seconds(one.bridge):,.0f}" for one in of
            ],
            "floor: JTAPI events a second": [f"{one.events / _seconds(one.floor):,.0f}" for one in of],
            "CPU per JTAPI event, us": [f"{_cpu(one, one.bridge):.0f}" for one in of],
            "of it the event loop": [f"{_cpu(one, one.bridge, _first):.0f}" for one in of],
            "of it the observers' threads": [f"{_cpu(one, one.bridge, _observers):.0f}" for one in of],
            "floor: CPU per JTAPI event, us": [f"{_cpu(one, one.floor):.0f}" for one in of],
            "bridge / floor": [f"{_times(one):.2f} x" for one in of],
        },
    )
    yield table(
        f"Latency in microseconds, {RATE} a second: p50 / p99 / longest:",
        ["", "bridge", "floor", "simulator"],
        {
            what: [_spread(by_side.get(side, ())) for side in ("bridge", "floor", "simulator")]
            for what, by_side in latencies.samples.items()
        },
    )


def _seconds(storms: Sequence[Storm]) -> float:
    return median(storm.seconds for storm in storms)


def _all(storm: Storm) -> float:
    return storm.cpu.all


def _first(storm: Storm) -> float:
    return storm.cpu.first


def _observers(storm: Storm) -> float:
    return storm.cpu.observers


def _cpu(one: Storms, storms: Sequence[Storm], part: Callable[[Storm], float] = _all) -> float:
    return median(map(part, storms)) / one.events * 1e6


def _times(one: Storms) -> float:
    return median(b.cpu.all / a.cpu.all for a, b in zip(one.floor, one.bridge, strict=True))


def _spread(nanoseconds: Sequence[int]) -> str:
    if not nanoseconds:
        return "-"
    hundredths = quantiles(nanoseconds, n=100)
    return " / ".join(f"{value / 1000:,.0f}" for value in (hundredths[49], hundredths[98], max(nanoseconds)))


def main() -> None:
    """Measure, print, and write the page."""
    with TemporaryDirectory() as folder:
        try:
            jars = build(Path(folder) / "jars")
        except BuildFailed as error:
            sys.stdout.write(f"bridge: not measured, {error}\n")
            return
        try:
            text = shown(*measure(jars.cisco))
        except Failed as error:
            sys.exit(f"bridge: {error}")
    sys.stdout.write(text)
    write(PAGE, "bridge", text)


if __name__ == "__main__":
    main()
