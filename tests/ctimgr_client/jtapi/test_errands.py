import pytest

from ctimgr_client.jtapi.errands import Errands, Outcome, Resume, Steps
from ctimgr_client.jtapi.waits import Waits
from ctimgr_client.serving.timers import Timers


class Bench:
    """Errands and what they wait for."""

    def __init__(self) -> None:
        self.errands = Errands()
        self.waiting: list[Resume] = []
        self.outcomes: list[Outcome[int]] = []

    def add(self, *values: int) -> Steps[int]:
        total = 0
        for value in values:
            total += value + (yield self.waiting.append)
        return total

    def run(self, steps: Steps[int], turn: str | None = None) -> None:
        self.errands.run(steps, self.outcomes.append, turn)


def test_values_come_back_step_by_step() -> None:
    bench = Bench()
    bench.run(bench.add(1, 2))
    bench.waiting.pop()(10, None)
    bench.waiting.pop()(20, None)
    assert bench.outcomes == [Outcome(value=33)]


def test_an_exception_comes_back_where_it_is_waited_for() -> None:
    bench = Bench()

    def careful() -> Steps[int]:
        try:
            yield bench.waiting.append
        except KeyError:
            return -1
        return 0

    bench.run(careful())
    bench.waiting.pop()(None, KeyError("x"))
    bench.run(bench.add(1))
    bench.waiting.pop()(None, error := ValueError("x"))
    assert bench.outcomes == [Outcome(value=-1), Outcome(error=error)]


def test_turns_are_taken_in_order_and_only_within_one_key() -> None:
    bench = Bench()
    bench.run(bench.add(1), "a")
    bench.run(bench.add(2), "a")
    bench.run(bench.add(3), "b")
    assert (len(bench.waiting), bench.errands.waiting()) == (2, 1)
    bench.waiting.pop(1)(0, None)
    bench.waiting.pop(0)(0, None)
    bench.waiting.pop(0)(0, None)
    assert [one.value for one in bench.outcomes] == [3, 1, 2]
    assert bench.errands.waiting() == 0


def test_a_failure_does_not_keep_the_turn() -> None:
    bench = Bench()
    bench.run(bench.add(1), "a")
    bench.run(bench.add(2), "a")
    bench.waiting.pop()(None, ValueError("x"))
    bench.waiting.pop()(0, None)
    assert bench.outcomes[1] == Outcome(value=2)


def test_ten_thousand_answers_at_once_need_no_stack() -> None:
    bench = Bench()

    def long() -> Steps[int]:
        total = 0
        for _ in range(10_000):
            total += yield lambda resume: resume(1, None)
        return total

    bench.run(long())
    assert bench.outcomes == [Outcome(value=10_000)]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.timers = Timers()
        self.waits = Waits(self.timers, lambda: self.now)
        self.came: list[Outcome[bool]] = []

    def until(self, condition: list[int], seconds: float) -> None:
        Errands().run(self.waits.until(lambda: bool(condition), seconds), self.came.append)


def test_waiting_ends_when_it_is_so_or_when_time_is_up() -> None:
    clock, first, never = Clock(), list[int](), list[int]()
    clock.until(first, 1.0)
    clock.until(never, 1.0)
    clock.until([1], 1.0)
    assert clock.came == [Outcome(value=True)]
    first.append(1)
    clock.waits.look()
    assert clock.came[1:] == [Outcome(value=True)]
    clock.timers.run(1.0)
    assert clock.came[2:] == [Outcome(value=False)]
    assert (len(clock.waits), len(clock.timers)) == (0, 0)


@pytest.mark.parametrize("looks", [0, 3])
def test_a_condition_that_is_not_so_changes_nothing(looks: int) -> None:
    clock = Clock()
    clock.until([], 1.0)
    for _ in range(looks):
        clock.waits.look()
    assert (clock.came, len(clock.waits)) == ([], 1)
