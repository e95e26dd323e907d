"""The table of the bridge's benchmark: what is divided by what."""

from bench.bridge import Latencies, Storms, shown
from bench.cpu import Cpu
from bench.sides import Storm


def _storm(seconds: float, cpu: float) -> Storm:
    return Storm(seconds, Cpu(cpu, cpu / 4, cpu / 2, 0.0))


def test_figures_are_per_event_and_ratios_are_taken_round_by_round() -> None:
    storms = Storms(
        bridge=[_storm(2.0, 1.0), _storm(2.0, 4.0), _storm(2.0, 9.0)],
        floor=[_storm(1.0, 1.0), _storm(1.0, 2.0), _storm(1.0, 3.0)],
        calls=1_000,
        jtapi=20.0,
        csta=5.0,
    )
    text = shown({10: storms}, Latencies())
    cells = {
        line.split("|")[1].strip(): line.split("|")[2].strip() for line in text.splitlines() if "|" in line
    }
    assert cells["JTAPI events a second"] == "10,000"
    assert cells["CSTA events a second out of them"] == "2,500"
    assert cells["floor: JTAPI events a second"] == "20,000"
    assert cells["CPU per JTAPI event, us"] == "200"
    assert cells["of it the event loop"] == "50"
    assert cells["of it the observers' threads"] == "100"
    assert cells["bridge / floor"] == "2.00 x"


def test_latencies_are_shown_as_microseconds() -> None:
    latencies = Latencies()
    for microseconds in range(1, 201):
        latencies.take("an event", "bridge", microseconds * 1000)
    storm = [_storm(1.0, 1.0)]
    text = shown({10: Storms(storm, storm, 1, 1.0, 1.0)}, latencies)
    (row,) = [line for line in text.splitlines() if line.startswith("| an event")]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == ["100 / 199 / 200", "-", "-"]
