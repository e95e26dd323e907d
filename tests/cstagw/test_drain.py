"""When what falls due while a node drains; seconds and numbers of sessions are given."""

import pytest

from cstagw.drain import Drain, Phase, Step


def drained(*, leave: bool = False, notice: float = 5.0, deadline: float = 60.0) -> Drain:
    """One that was begun at 100."""
    drain = Drain()
    drain.begin(100.0, notice, deadline, leave=leave)
    return drain


def test_nothing_falls_due_while_it_serves() -> None:
    drain = Drain()
    assert drain.observe(1e9, 5) == []
    assert drain.phase is Phase.SERVING
    assert drain.times_left(0.0) == (0.0, 0.0)


def test_sessions_are_accepted_for_the_notice_and_ended_at_the_deadline() -> None:
    drain = drained()
    assert (drain.observe(104.9, 5), drain.phase) == ([], Phase.NOTICE)
    assert drain.times_left(104.0) == (1.0, 56.0)
    assert (drain.observe(105.0, 5), drain.phase) == ([Step.REFUSE], Phase.REFUSING)
    assert drain.times_left(106.0) == (0.0, 54.0)
    assert drain.observe(159.9, 3) == []
    assert (drain.observe(160.0, 3), drain.phase) == ([Step.END], Phase.ENDING)
    assert (drain.observe(160.1, 2), drain.phase) == ([], Phase.ENDING)
    assert (drain.observe(160.2, 0), drain.phase) == ([], Phase.DRAINED)
    assert drain.times_left(160.2) == (0.0, 0.0)


@pytest.mark.parametrize(("leave", "steps"), [(False, []), (True, [Step.LEAVE])])
def test_it_is_over_as_soon_as_no_session_is_left_after_the_notice(leave: bool, steps: list[Step]) -> None:
    drain = drained(leave=leave)
    assert drain.observe(101.0, 0) == []
    assert drain.observe(105.0, 1) == [Step.REFUSE]
    assert (drain.observe(106.0, 0), drain.phase) == (steps, Phase.DRAINED)


def test_without_sessions_it_leaves_right_after_the_notice() -> None:
    assert drained(leave=True).observe(105.0, 0) == [Step.REFUSE, Step.LEAVE]
    assert drained(leave=True, notice=0.0).observe(100.0, 0) == [Step.REFUSE, Step.LEAVE]


def test_at_the_deadline_it_leaves_with_the_sessions_that_are_left() -> None:
    drain = drained(leave=True)
    drain.observe(105.0, 9)
    assert drain.observe(160.0, 9) == [Step.END, Step.LEAVE]


def test_a_clock_that_was_stopped_makes_everything_fall_due_at_once() -> None:
    assert drained().observe(1000.0, 1) == [Step.REFUSE, Step.END]


def test_begun_again_it_goes_on_as_it_was_begun_and_may_come_to_leave() -> None:
    drain = drained()
    drain.observe(105.0, 1)
    drain.begin(150.0, 5.0, 60.0, leave=True)
    assert (drain.leaving, drain.phase) == (True, Phase.REFUSING)
    assert drain.observe(160.0, 1) == [Step.END, Step.LEAVE]


@pytest.mark.parametrize("sessions", [0, 1])
def test_a_drained_node_that_is_told_to_leave_leaves(sessions: int) -> None:
    drain = drained()
    drain.observe(160.0, sessions)
    drain.begin(500.0, 5.0, 60.0, leave=True)
    assert Step.LEAVE in drain.observe(500.0, 0)


@pytest.mark.parametrize(("now", "sessions"), [(101.0, 1), (110.0, 1), (110.0, 0)])
def test_it_is_taken_back_while_no_session_was_ended(now: float, sessions: int) -> None:
    drain = drained()
    drain.observe(now, sessions)
    assert drain.take_back()
    assert (drain.observe(1e9, 5), drain.phase) == ([], Phase.SERVING)
    drain.begin(200.0, 5.0, 60.0, leave=False)
    assert drain.times_left(200.0) == (5.0, 60.0)


def test_one_that_was_to_leave_is_taken_back_and_stays() -> None:
    drain = drained(leave=True)
    drain.observe(110.0, 1)
    assert drain.take_back()
    assert not drain.leaving


def test_it_is_too_late_while_sessions_are_ended_but_not_afterwards() -> None:
    drain = drained()
    drain.observe(160.0, 1)
    assert not drain.take_back()
    drain.observe(161.0, 0)
    assert drain.phase is Phase.DRAINED
    assert drain.take_back()
    assert drain.times_left(161.0) == (0.0, 0.0)


def test_it_is_too_late_for_one_that_goes() -> None:
    drain = drained(leave=True)
    drain.observe(105.0, 0)
    assert not drain.take_back()


def test_nothing_to_take_back_is_no_mistake() -> None:
    assert Drain().take_back()
