from ctimgr_client.serving.timers import Timers


def test_deadlines_come_in_order_and_equal_ones_as_they_were_set() -> None:
    timers, done = Timers(), list[tuple[str, float]]()
    timers.at(3.0, lambda now: done.append(("late", now)))
    timers.at(1.0, lambda now: done.append(("first", now)))
    timers.at(1.0, lambda now: done.append(("second", now)))
    assert timers.next_deadline() == 1.0
    timers.run(0.9)
    assert done == []
    timers.run(2.0)
    assert done == [("first", 2.0), ("second", 2.0)]
    assert timers.next_deadline() == 3.0


def test_what_is_set_while_running_is_done_when_it_is_due() -> None:
    timers, done = Timers(), list[float]()

    def set_two_more(now: float) -> None:
        timers.at(now, done.append)
        timers.at(now + 1, done.append)

    timers.at(1.0, set_two_more)
    timers.run(1.0)
    assert done == [1.0]
    assert timers.next_deadline() == 2.0


def test_a_cancelled_timer_does_nothing_and_is_not_waited_for() -> None:
    timers, done = Timers(), list[float]()
    timer = timers.at(1.0, done.append)
    timer.cancel()
    timer.cancel()
    assert not timer.pending
    assert timers.next_deadline() is None
    timers.run(5.0)
    assert done == []
    assert len(timers) == 0


def test_cancelling_after_it_was_done_changes_nothing() -> None:
    timers, done = Timers(), list[float]()
    timer = timers.at(1.0, done.append)
    timers.at(9.0, done.append)
    timers.run(1.0)
    timer.cancel()
    assert len(timers) == 1


def test_cancelled_deadlines_far_ahead_do_not_pile_up() -> None:
    timers = Timers()
    keep = timers.at(5000.0, lambda _now: None)
    for _ in range(10_000):
        timers.at(4000.0, lambda _now: None).cancel()
    assert len(timers) == 1
    assert len(timers._heap) < 200
    assert keep.pending
    assert timers.next_deadline() == 5000.0
