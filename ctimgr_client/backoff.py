"""Pauses between two attempts to reach one CTIManager: a generator, started anew after each success.

Doubling, jittered so that the nodes of a deployment do not dial in step, and never longer than 30 s. While no
CTIManager at all is in service nobody waits longer than 5 s. The source of chance comes in as an argument;
nothing sleeps here.
"""

from collections.abc import Callable, Iterator

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LONGEST_PAUSE_WITHOUT_SERVICE = 5.0

Chance = Callable[[], float]  # a number in [0, 1), like random.random


def backoff(chance: Chance) -> Iterator[float]:
    """Pauses for ever: each between half and the whole of a step, steps 0.5 s, 1 s, 2 s ... 30 s."""
    step = FIRST_PAUSE
    while True:
        yield step * (1 + chance()) / 2
        step = min(step * 2, LONGEST_PAUSE)


def cut(pause: float, chance: Chance) -> float:
    """The pause, or what may be left of it while no CTIManager is in service."""
    return min(pause, LONGEST_PAUSE_WITHOUT_SERVICE * (1 + chance()) / 2)
