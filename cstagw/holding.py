"""Events that wait for a response: those of a call that the client cannot know before it is told of it.

A client learns the id of a call that it makes from the response to its request, and drops events of calls
that it does not know. Pure; bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from csta_xml import CallId, Event, MonitorCrossRefId

#: More than this cannot come from one line before a response.
MAX_HELD = 256

Held = tuple[MonitorCrossRefId, Event]


class HeldTooMany(Exception):
    """The bound is reached: the events cannot all be delivered any more."""


class Holding:
    """While requests that make calls are under way, the events of calls that began since."""

    __slots__ = ("_free", "_held", "_under_way")

    def __init__(self) -> None:
        self._under_way = 0
        self._free: set[CallId] = set()
        self._held: deque[tuple[CallId, Held]] | None = None

    def begin(self, known: Iterable[CallId]) -> None:
        """A request that makes a call is sent; the client knows these calls."""
        if not self._under_way:
            self._free = set(known)
        self._under_way += 1

    def waits(self, call: CallId, *, incoming: bool) -> bool:
        """Whether an event of this call has to wait; one that rings here is not the one that is made."""
        if not self._under_way or call in self._free:
            return False
        if incoming:
            self._free.add(call)
        return not incoming

    def keep(self, call: CallId, held: Held) -> None:
        """Hold one back. Raises HeldTooMany."""
        if self._held is None:
            self._held = deque()
        if len(self._held) >= MAX_HELD:
            raise HeldTooMany(f"more than {MAX_HELD} events before the answer to a new call")
        self._held.append((call, held))

    def answered(self, call: CallId | None) -> list[Held]:
        """A request that makes a call has its response, which names this call: what waited for it."""
        self._under_way -= 1
        held, self._held = self._held or (), None
        if not self._under_way:
            return [event for _, event in held]
        if call is not None:
            self._free.add(call)
        kept = [entry for entry in held if entry[0] != call]
        self._held = deque(kept) if kept else None
        return [event for of, event in held if of == call]
