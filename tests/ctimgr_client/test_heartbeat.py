"""When a CTIManager is asked for a sign of life, and when it is given up."""

import pytest

from ctimgr_client.heartbeat import Heartbeat


def started(interval: float, granted: int | None = None) -> Heartbeat:
    heartbeat = Heartbeat(interval)
    heartbeat.heard(100.0)
    if granted is not None:
        heartbeat.granted(granted, 100.0)
    heartbeat.start(100.0)
    return heartbeat


def questions(heartbeat: Heartbeat, until: float) -> list[float]:
    """The times of the questions when the far side answers at once."""
    asked, now = [], 100.0
    while now <= until:
        if heartbeat.is_due(now):
            asked.append(now)
        heartbeat.heard(now)
        now = heartbeat.deadline()
    return asked


@pytest.mark.parametrize(
    ("interval", "seconds"), [(5.0, 10), (1.5, 3), (1.2, 3), (0.5, 1), (0.2, 1), (0.01, 1), (30.0, 60)]
)
def test_two_intervals_are_asked_for_in_whole_seconds(interval: float, seconds: int) -> None:
    assert Heartbeat(interval).duration == seconds


@pytest.mark.parametrize(
    ("granted", "asked"),
    [
        (10, [105.0, 110.0, 115.0, 120.0]),  # as asked: every half, which is the interval
        (4, [102.0, 104.0, 106.0, 108.0]),  # shorter: more often
        (180, [105.0, 110.0, 115.0, 120.0]),  # longer: not less often
        (0, [105.0, 110.0, 115.0, 120.0]),  # no limit
        (None, [105.0, 110.0, 115.0, 120.0]),  # no session
    ],
)
def test_half_of_what_was_granted_but_at_least_once_per_interval(
    granted: int | None, asked: list[float]
) -> None:
    assert questions(started(5.0, granted), 120.0)[:4] == asked


def test_a_shorter_grant_is_followed_at_once() -> None:
    heartbeat = started(5.0, 10)
    heartbeat.granted(2, 101.0)
    assert heartbeat.deadline() == 102.0


def test_a_longer_grant_does_not_put_off_the_next_question() -> None:
    heartbeat = started(5.0, 2)
    heartbeat.granted(10, 100.5)
    assert heartbeat.deadline() == 101.0
    assert heartbeat.is_due(101.0)
    assert heartbeat.deadline() == 106.0


def test_questions_that_were_missed_are_not_made_up_for() -> None:
    heartbeat = started(5.0, 10)
    heartbeat.heard(131.0)
    assert heartbeat.is_due(131.0)
    assert not heartbeat.is_due(131.0)
    assert heartbeat.deadline() == 136.0


def test_silence_is_two_intervals_exactly() -> None:
    heartbeat = started(5.0, 10)
    heartbeat.heard(103.0)
    assert not heartbeat.is_silent(112.999)
    assert heartbeat.is_silent(113.0)
