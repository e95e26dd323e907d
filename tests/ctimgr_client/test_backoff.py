"""Pauses between attempts: doubling, jittered, bounded."""

from itertools import islice
from random import Random

import pytest

from ctimgr_client.backoff import backoff, cut


def longest() -> float:
    return 1.0


def shortest() -> float:
    return 0.0


def test_pauses_double_up_to_thirty_seconds() -> None:
    assert list(islice(backoff(longest), 9)) == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_pause_is_at_least_half_its_step() -> None:
    assert list(islice(backoff(shortest), 8)) == [0.25, 0.5, 1, 2, 4, 8, 15, 15]


def test_a_new_generator_starts_again_from_the_short_pause() -> None:
    delays = backoff(longest)
    assert list(islice(delays, 4))[-1] == 4
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
