"""A drain as it is done to a gateway."""

from collections.abc import Callable, Iterator

import pytest

from cstagw.config import Drain as Times
from cstagw.drainer import TICK, Drainer
from tests.logs import log_restored


class Gateway:
    """Keeps what was asked of it."""

    def __init__(self) -> None:
        self.sessions: list[str] = ["one"]
        self.done: list[str] = []

    def refuse(self) -> None:
        self.done.append("refuse")

    def admit(self) -> None:
        self.done.append("admit")

    def close(self) -> None:
        self.done.append("close")


class House:
    """A gateway, a clock, and a drainer of it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.gateway = Gateway()
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.times = Times(notice=5.0, deadline=60.0)
        self.used = True
        self.drainer = Drainer(
            self.gateway,
            times=lambda: self.times,
            used=lambda: self.used,
            leave=lambda: self.gateway.done.append("leave"),
            clock=lambda: self.now,
            later=lambda seconds, action: self.later.append((seconds, action)),
        )

    def pass_to(self, now: float) -> None:
        """All ticks until then; there is at most one at a time."""
        while self.now < now and self.later:
            [(seconds, action)] = self.later
            assert seconds == TICK
            self.later.clear()
            self.now = min(now, self.now + 1.0)
            action()


@pytest.fixture
def house() -> Iterator[House]:
    with log_restored():
        yield House()


def test_it_is_draining_at_once_and_does_what_falls_due(house: House) -> None:
    assert house.drainer.status()["phase"] == "serving"
    house.drainer.begin()
    assert house.drainer.draining
    assert house.drainer.status() == {
        "phase": "notice",
        "leaving": False,
        "sessions": 1,
        "notice_seconds_left": 5.0,
        "deadline_seconds_left": 60.0,
    }
    house.pass_to(104.0)
    assert house.gateway.done == []
    house.pass_to(159.0)
    assert house.gateway.done == ["refuse"]
    house.pass_to(161.0)
    assert house.gateway.done == ["refuse", "close"]
    house.gateway.sessions.clear()
    house.pass_to(170.0)
    assert house.drainer.status()["phase"] == "drained"
    assert (house.gateway.done, house.later) == (["refuse", "close"], [])
    house.drainer.begin(leave=True)
    assert house.gateway.done[2:] == ["leave"]


def test_it_leaves_when_the_last_session_has_gone(house: House) -> None:
    house.drainer.begin(leave=True)
    assert house.drainer.leaving
    house.pass_to(110.0)
    house.gateway.sessions.clear()
    house.pass_to(112.0)
    assert house.gateway.done == ["refuse", "leave"]
    assert house.later == []


def test_who_was_never_used_needs_no_notice(house: House) -> None:
    house.used = False
    house.gateway.sessions.clear()
    house.drainer.begin(leave=True)
    assert house.gateway.done == ["refuse", "leave"]


def test_taken_back_it_admits_again_and_no_tick_goes_on(house: House) -> None:
    house.drainer.begin()
    house.pass_to(106.0)
    assert house.drainer.take_back()
    assert house.gateway.done == ["refuse", "admit"]
    house.pass_to(500.0)
    assert (house.later, house.drainer.draining) == ([], False)
    house.drainer.begin()
    assert len(house.later) == 1


def test_begun_again_at_once_it_keeps_one_tick(house: House) -> None:
    for _ in range(3):
        house.drainer.begin()
        house.drainer.take_back()
    house.drainer.begin()
    house.drainer.begin(leave=True)
    assert len(house.later) == 1


def test_too_late_it_goes_on(house: House) -> None:
    house.drainer.begin()
    house.pass_to(161.0)
    assert not house.drainer.take_back()
    assert "admit" not in house.gateway.done


def test_times_are_those_in_force_when_it_begins(house: House) -> None:
    house.times = Times(notice=0.0, deadline=1.0)
    house.drainer.begin()
    house.times = Times(notice=5.0, deadline=60.0)
    house.pass_to(102.0)
    assert house.gateway.done == ["refuse", "close"]
