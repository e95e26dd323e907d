"""Pauses between attempts: doubling, jittered, bounded."""

from itertools import islice, pairwise
from random import Random

import pytest

from ctimgr_client.backoff import backoff, cut, is_flap, is_steady


def longest() -> float:
    return 1.0


def shortest() -> float:
    return 0.0


def test_pauses_are_short_for_five_seconds_then_double_up_to_thirty_seconds() -> None:
    assert list(islice(backoff(longest), 11)) == [0.5, 1, 1.5, 1.5, 1.5, 3, 6, 12, 24, 30, 30]


def test_a_pause_is_at_least_half_its_step() -> None:
    assert list(islice(backoff(shortest), 13)) == [0.25, 0.5, *[0.75] * 6, 1.5, 3, 6, 12, 15]


@pytest.mark.parametrize("seed", range(20))
def test_one_that_comes_back_within_five_seconds_is_reached_soon(seed: int) -> None:
    chance = Random(seed).random
    attempts = [0.0]
    for pause in islice(backoff(chance), 12):
        attempts.append(attempts[-1] + cut(pause, chance))
    gaps = [(begun, at - begun) for begun, at in pairwise(attempts)]
    assert all(gap <= 1.5 for begun, gap in gaps if begun < 5)
    assert all(gap <= 5 for _, gap in gaps)


def test_a_new_generator_starts_again_from_the_short_pause() -> None:
    delays = backoff(longest)
    assert list(islice(delays, 6))[-1] == 3
    assert next(backoff(longest)) == 0.5


def test_two_nodes_do_not_dial_in_step() -> None:
    one, other = backoff(Random(1).random), backoff(Random(2).random)
    assert all(a != b for a, b in islice(zip(one, other, strict=False), 20))


@pytest.mark.parametrize(("pause", "left"), [(30.0, 5.0), (5.1, 5.0), (5.0, 5.0), (1.0, 1.0)])
def test_nobody_waits_long_while_no_ctimanager_is_in_service(pause: float, left: float) -> None:
    assert cut(pause, longest) == left


def test_pauses_that_are_cut_together_do_not_end_together() -> None:
    chance = Random(3).random
    assert cut(30, chance) != cut(30, chance)
    assert cut(30, shortest) == 2.5


@pytest.mark.parametrize(
    ("seconds", "interval", "steady"),
    [(9.9, 5.0, False), (10.0, 5.0, True), (10.0, 600.0, True), (0.3, 0.25, False), (0.5, 0.25, True)],
)
def test_a_link_has_lasted_after_ten_seconds_or_two_heartbeats(
    seconds: float, interval: float, steady: bool
) -> None:
    assert is_steady(seconds, interval) is steady


def test_a_link_lost_within_a_minute_is_a_flap() -> None:
    assert (is_flap(59.9), is_flap(60.0)) == (True, False)
