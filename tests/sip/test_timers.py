"""Deadlines: called in order, let go when taken back, and not piling up; one deadline for a whole table."""

import gc
import weakref

from sip.timers import Deadlines, Sweep


class Calls(list[tuple[str, float]]):
    """What was called and when."""

    def due(self, name: str) -> "Call":
        return Call(self, name)


class Call:
    def __init__(self, calls: Calls, name: str) -> None:
        self.calls = calls
        self.name = name

    def __call__(self, now: float) -> None:
        self.calls.append((self.name, now))


def test_deadlines_are_called_in_order_and_once() -> None:
    deadlines, calls = Deadlines(), Calls()
    for name, when in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("a2", 1.0)):
        deadlines.at(when, calls.due(name))
    assert (deadlines.next(), len(deadlines)) == (1.0, 4)
    deadlines.tick(2.5)
    assert calls == [("a", 2.5), ("a2", 2.5), ("b", 2.5)]
    deadlines.tick(10.0)
    deadlines.tick(10.0)
    assert calls[3:] == [("c", 10.0)]
    assert (deadlines.next(), len(deadlines)) == (None, 0)


def test_a_deadline_may_set_another_that_is_due_at_once() -> None:
    deadlines, calls = Deadlines(), Calls()

    def first(now: float) -> None:
        deadlines.at(now, calls.due("second"))

    deadlines.at(1.0, first)
    deadlines.tick(1.0)
    assert calls == [("second", 1.0)]


def test_a_deadline_taken_back_is_not_called() -> None:
    deadlines, calls = Deadlines(), Calls()
    first, second = deadlines.at(1.0, calls.due("first")), deadlines.at(2.0, calls.due("second"))
    deadlines.take_back(first)
    deadlines.take_back(first)
    assert (deadlines.next(), len(deadlines)) == (2.0, 1)
    deadlines.tick(5.0)
    deadlines.take_back(second)
    assert calls == [("second", 5.0)]
    assert len(deadlines) == 0


def test_what_a_deadline_would_have_called_is_let_go_when_it_is_taken_back() -> None:
    deadlines, call = Deadlines(), Call(Calls(), "x")
    watched = weakref.ref(call)
    deadline = deadlines.at(1e9, call)
    del call
    deadlines.take_back(deadline)
    gc.collect()
    assert watched() is None


def test_deadlines_taken_back_do_not_pile_up() -> None:
    deadlines, calls = Deadlines(), Calls()
    kept = [deadlines.at(float(number), calls.due("kept")) for number in range(100)]
    for number in range(100_000):
        deadlines.take_back(deadlines.at(1e6 + number, calls.due("gone")))
    assert len(deadlines) == len(kept)
    assert len(deadlines._heap) < 400
    deadlines.tick(1e7)
    assert [name for name, _ in calls] == ["kept"] * 100


def test_a_table_has_one_deadline_for_all_its_entries() -> None:
    deadlines = Deadlines()
    table = [5.0, 6.0, 9.0]

    def drop(now: float) -> float | None:
        while table and table[0] <= now:
            table.pop(0)
        return table[0] if table else None

    sweep = Sweep(deadlines, drop)
    for when in table:
        sweep.arm(when)
    assert (len(deadlines), deadlines.next()) == (1, 5.0)
    deadlines.tick(6.0)
    assert (table, len(deadlines), deadlines.next()) == ([9.0], 1, 9.0)
    deadlines.tick(9.0)
    assert (table, len(deadlines)) == ([], 0)
    sweep.arm(12.0)
    assert deadlines.next() == 12.0


def test_an_entry_that_comes_while_a_table_is_swept_does_not_delay_the_others() -> None:
    deadlines = Deadlines()
    sweep: Sweep

    def drop(now: float) -> float | None:
        sweep.arm(now + 32.0)
        return now + 1.0

    sweep = Sweep(deadlines, drop)
    sweep.arm(5.0)
    deadlines.tick(5.0)
    assert (len(deadlines), deadlines.next()) == (1, 6.0)
