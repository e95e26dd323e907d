"""Pauses between two attempts to reach one CTIManager: a generator, started anew after a link that lasted.

Doubling, jittered so that the nodes of a deployment do not dial in step, and never longer than 30 s; at first
hardly more than a second, so that a CTIManager that was only restarted is back soon. While no CTIManager at
all is in service nobody waits longer than 5 s. A link that did not last changes nothing: a CTIManager that
accepts and drops is dialled at growing pauses, as one that refuses. The source of chance comes in as an
argument; nothing sleeps here.
"""

from collections.abc import Callable, Iterator

FIRST_PAUSE = 0.5
LONGEST_PAUSE_AT_FIRST = 1.5
AT_FIRST = 5.0
LONGEST_PAUSE = 30.0
LONGEST_PAUSE_WITHOUT_SERVICE = 5.0
STEADY_AFTER = 10.0
FLAP_WITHIN = 60.0

Chance = Callable[[], float]  # a number in [0, 1), like random.random


def backoff(chance: Chance) -> Iterator[float]:
    """Pauses for ever, each between half and the whole of a step: 0.5 s, 1 s, 1.5 s until 5 s have passed,
    then 3 s, 6 s ... 30 s."""
    step, passed = FIRST_PAUSE, 0.0
    while True:
        pause = step * (1 + chance()) / 2
        yield pause
        passed += pause
        step = min(step * 2, LONGEST_PAUSE)
        if passed < AT_FIRST:
            step = min(step, LONGEST_PAUSE_AT_FIRST)


def cut(pause: float, chance: Chance) -> float:
    """The pause, or what may be left of it while no CTIManager is in service."""
    return min(pause, LONGEST_PAUSE_WITHOUT_SERVICE * (1 + chance()) / 2)


def is_steady(seconds: float, interval: float) -> bool:
    """Whether a link that was up for so long has lasted: ten seconds, or two heartbeat intervals where those
    are shorter."""
    return seconds >= min(STEADY_AFTER, 2 * interval)


def is_flap(seconds: float) -> bool:
    """Whether a link that was lost after so long is counted as a flap."""
    return seconds < FLAP_WITHIN
