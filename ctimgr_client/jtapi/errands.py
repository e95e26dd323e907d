"""What takes several steps: blocking calls one after the other, and waiting for events in between.

An errand is a generator. It yields what it waits for, as a function that is given a `resume`, and goes on
with the value, or with the exception, that `resume` is told. Errands that take turns under one key run one
after the other, in the order they came; different keys do not wait for each other. Pure: knows neither
threads nor the event loop, everything here happens on one thread.
"""

from collections import deque
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")

#: Called once: with a value and no error, or with an error.
Resume: TypeAlias = Callable[[Any, Exception | None], None]
Wait: TypeAlias = Callable[[Resume], None]
Steps: TypeAlias = Generator[Wait, Any, T]
Work: TypeAlias = Callable[[Callable[[], Any], Resume], None]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How an errand ended: its value, or why there is none."""

    value: T | None = None
    error: Exception | None = None


Ended: TypeAlias = Callable[[Outcome[T]], None]


def blocking(work: Work, call: Callable[[], T]) -> Steps[T]:
    """Have a worker do it. The call's own exception, or the worker's refusal to take it, comes back."""
    value: T = yield partial(work, call)
    return value


class Errands:
    """All that are under way. What waits for a turn is bounded by who asks: an application has so many
    requests open."""

    def __init__(self) -> None:
        self._turns: dict[Hashable, deque[Callable[[], None]]] = {}

    def run(self, steps: Steps[T], ended: Ended[T], turn: Hashable = None) -> None:
        """Begin, now or when it is its turn. `turn` None waits for nobody."""
        if turn is None:
            self._go_on(steps, ended, None, None)
            return
        begin = partial(self._go_on, steps, partial(self._done, ended, turn), None, None)
        waiting = self._turns.get(turn)
        if waiting is None:
            self._turns[turn] = deque()
            begin()
        else:
            waiting.append(begin)

    def waiting(self) -> int:
        """How many have not had their turn yet."""
        return sum(map(len, self._turns.values()))

    def _go_on(self, steps: Steps[T], ended: Ended[T], value: Any, error: Exception | None) -> None:
        answer: tuple[Any, Exception | None] | None = (value, error)
        while answer is not None:
            value, error = answer
            try:
                wait = steps.send(value) if error is None else steps.throw(error)
            except StopIteration as stop:
                ended(Outcome(value=stop.value))
                return
            except Exception as failure:  # noqa: BLE001 - whoever began the errand is told
                ended(Outcome(error=failure))
                return
            answer = _asked(wait, partial(self._go_on, steps, ended))

    def _done(self, ended: Ended[T], turn: Hashable, outcome: Outcome[T]) -> None:
        waiting = self._turns[turn]
        if not waiting:
            del self._turns[turn]
        try:
            ended(outcome)
        finally:
            if waiting:
                waiting.popleft()()


def _asked(wait: Wait, go_on: Resume) -> tuple[Any, Exception | None] | None:
    """An answer that was there at once, so that many of those need no deep stack; None: it comes later."""
    at_once: list[tuple[Any, Exception | None]] = []
    asking = True

    def resume(value: Any, error: Exception | None) -> None:
        if asking:
            at_once.append((value, error))
        else:
            go_on(value, error)

    wait(resume)
    asking = False
    return at_once[0] if at_once else None
