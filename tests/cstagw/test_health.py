from dataclasses import replace
from typing import Any

import pytest

from cstagw.health import Facts, Readiness, alive, started

GOOD = Facts(
    config_loaded=True,
    listeners_bound=True,
    cti_attempted=True,
    cti_in_service=1,
    directory_loaded=True,
    directory="open",
)


def failed(readiness: Readiness, facts: Facts, now: float) -> list[str]:
    return [check.name for check in readiness.observe(facts, now).checks if not check.passed]


def test_ready_after_two_stable_seconds() -> None:
    readiness = Readiness()
    assert [readiness.observe(GOOD, now).ready for now in (10.0, 11.9, 12.0, 99.0)] == [
        False,
        False,
        True,
        True,
    ]


def test_unready_at_once_and_the_two_seconds_begin_again() -> None:
    readiness = Readiness()
    readiness.observe(GOOD, 0.0)
    assert readiness.observe(GOOD, 5.0).ready
    assert not readiness.observe(replace(GOOD, cti_in_service=0), 5.1).ready
    assert [readiness.observe(GOOD, now).ready for now in (5.2, 7.1, 7.2)] == [False, False, True]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"config_loaded": False}, "config"),
        ({"listeners_bound": False}, "listeners"),
        ({"cti_in_service": 0}, "ctimanagers"),
        ({"draining": True}, "draining"),
        ({"loop_lag": 1.0}, "loop_lag"),
    ],
)
def test_each_condition(change: dict[str, Any], name: str) -> None:
    readiness = Readiness(stable=0.0)
    assert failed(readiness, GOOD, 0.0) == []
    assert failed(readiness, replace(GOOD, **change), 1.0) == [name, "stable"]


def test_draining_is_told_apart() -> None:
    assert Readiness().observe(replace(GOOD, draining=True), 0.0).draining
    assert not Readiness().observe(replace(GOOD, cti_in_service=0), 0.0).draining


def test_a_process_that_has_just_begun() -> None:
    assert failed(Readiness(), Facts(), 0.0) == [
        "config",
        "listeners",
        "ctimanagers",
        "directory",
        "stable",
    ]
    assert alive(Facts())
    assert not started(Facts())


def test_alive_depends_on_the_loop_only() -> None:
    assert alive(Facts(loop_lag=4.9))
    assert not alive(replace(GOOD, loop_lag=5.0))


def test_started_when_the_first_attempt_was_made_even_in_vain() -> None:
    assert started(replace(GOOD, cti_in_service=0, listeners_bound=False))
    assert not started(replace(GOOD, cti_attempted=False))
