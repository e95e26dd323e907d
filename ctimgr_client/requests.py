"""The requests that are open on one link: invoke ids, the limit, time-outs and late answers.

Invoke ids run from 0 to 9998 and come round again; one is not used while its request is open. A request that
timed out keeps its id, so that its late answer is known as such. Of those at most 4,000 are kept: when a
further one times out, the id that has waited longest is released, its answer is not expected any more.
Knows no messages and no bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar

from ctimgr_client.frames import EVENT_INVOKE_ID
from ctimgr_client.status import Counters

MAX_OUTSTANDING = 1_000
MAX_TIMED_OUT = 4_000

What = TypeVar("What")


class Unexpected(Enum):
    """An answer nobody waits for: to a request that timed out, or to none at all."""

    LATE = auto()
    STRAY = auto()


@dataclass(frozen=True, slots=True)
class Outstanding(Generic[What]):
    """A request that waits for its answer; `what` is whatever the owner needs to know then."""

    what: What
    sent_at: float


class OpenRequests(Generic[What]):
    """Kept in the order of sending, which with one time-out for all is the order of the deadlines too."""

    def __init__(self, timeout: float, counters: Counters) -> None:
        self._timeout = timeout
        self._counters = counters
        self._open: dict[int, Outstanding[What]] = {}
        self._timed_out: dict[int, None] = {}
        self._next_id = 0

    def __len__(self) -> int:
        return len(self._open)

    def __repr__(self) -> str:
        return f"<OpenRequests {list(self._open)} timed out {len(self._timed_out)}>"

    def add(self, what: What, now: float) -> int:
        """Open a request, give out its invoke id. The owner keeps the limit; below it ids never run out."""
        invoke_id = self._next_id
        while invoke_id in self._open or invoke_id in self._timed_out:
            invoke_id = _after(invoke_id)
        self._next_id = _after(invoke_id)
        self._open[invoke_id] = Outstanding(what, now)
        return invoke_id

    def answered(self, invoke_id: int) -> Outstanding[What] | Unexpected:
        """The request this answer belongs to, or why there is none, which is counted."""
        request = self._open.pop(invoke_id, None)
        if request is not None:
            return request
        if invoke_id in self._timed_out:
            del self._timed_out[invoke_id]
            self._counters.late_answers += 1
            return Unexpected.LATE
        self._counters.stray_answers += 1
        return Unexpected.STRAY

    def expire(self, now: float) -> list[What]:
        """Close what has waited for the whole time-out."""
        due = [i for i, _ in self._due(now)]
        return [self._give_up(invoke_id) for invoke_id in due]

    def deadline(self) -> float:
        """When `expire` has something to do next."""
        for request in self._open.values():
            return request.sent_at + self._timeout
        return float("inf")

    def clear(self) -> list[What]:
        """The link ended: nothing will be answered any more."""
        unanswered = [request.what for request in self._open.values()]
        self._open.clear()
        self._timed_out.clear()
        return unanswered

    def _due(self, now: float) -> Iterator[tuple[int, Outstanding[What]]]:
        for invoke_id, request in self._open.items():
            if request.sent_at + self._timeout > now:
                return
            yield invoke_id, request

    def _give_up(self, invoke_id: int) -> What:
        if len(self._timed_out) == MAX_TIMED_OUT:
            del self._timed_out[next(iter(self._timed_out))]
        self._timed_out[invoke_id] = None
        return self._open.pop(invoke_id).what


def _after(invoke_id: int) -> int:
    return (invoke_id + 1) % EVENT_INVOKE_ID
