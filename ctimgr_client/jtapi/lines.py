"""The lines that have our observers: opened for the first who wants one, closed after the last.

Putting observers on and taking them off are calls that block, so both are errands; those of one appearance
take turns. The library keeps its observers when the provider goes out of service, so then they are taken off
as well, one line after the other. Does not know who the users are. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from csta_xml import DeviceId
from ctimgr_client.jtapi.errands import Errands, Outcome, Resume, Steps
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.telephony import OpenedLine, Telephony
from ctimgr_client.jtapi.tracker import Tracker
from ctimgr_client.jtapi.waits import Waits
from ctimgr_client.serving.refused import (
    InvalidDeviceId,
    ResourceBusy,
    ResourceLimitExceeded,
    ResourceOutOfService,
)

#: Seconds that a line's own calls may take to become known.
KNOWN_WITHIN = 1.0
#: Seconds after which a line that could not be closed for want of a worker is tried again.
CLOSE_AGAIN = 1.0

T = TypeVar("T")


class Library(Protocol):
    """The way to the provider that is open now."""

    def ask(self, call: Callable[[Telephony], T]) -> Steps[T]:
        """Have a worker do it."""
        ...


@dataclass(slots=True, eq=False)
class Line:
    """One that is open, or about to be. `waiting` are those that wait for it."""

    where: Appearance
    users: int = 0
    is_open: bool = False
    failure: Exception | None = None
    waiting: list[Resume] = field(default_factory=list)


class Lines:
    """All of one provider. At most `limit` are open."""

    def __init__(
        self, library: Library, tracker: Tracker, errands: Errands, waits: Waits, limit: int
    ) -> None:
        self._library = library
        self._tracker = tracker
        self._errands = errands
        self._waits = waits
        self._limit = limit
        self._lines: dict[Appearance, Line] = {}
        self._by_name: dict[DeviceId, Appearance] = {}
        self._to_close: dict[Appearance, None] = {}
        self._closing = False

    def __len__(self) -> int:
        return len(self._lines)

    def is_open(self, where: Appearance) -> bool:
        line = self._lines.get(where)
        return line is not None and line.is_open

    def named(self, device: str) -> Appearance | None:
        """The one with exactly this device identifier, where it is open."""
        where = self._by_name.get(DeviceId(device))
        return where if where is not None and self.is_open(where) else None

    def take(self, where: Appearance) -> Steps[Line]:
        """Use it: it is open when this returns, in service or not. Raises what stood in the way."""
        line = self._lines.get(where) or self._begin(where)
        line.users += 1
        if not line.is_open and line.failure is None:
            yield line.waiting.append
        if line.failure is not None:
            raise line.failure
        return line

    def release(self, line: Line) -> None:
        """One user less. Of a line that was lost meanwhile there is nothing to close."""
        line.users -= 1
        if not line.users and self._lines.get(line.where) is line:
            self._remove(line)
            self._close_later(line.where)

    def lost(self, where: Appearance) -> None:
        """The line has left the device, or the device our control."""
        line = self._lines.get(where)
        if line is not None:
            self._remove(line)
            self._settle(line, InvalidDeviceId("the line is not at the device any more"))
            self._close_later(where)

    def clear(self) -> None:
        """The provider is out of service: nothing is open any more, and nobody uses it."""
        lines = list(self._lines.values())
        for line in lines:
            self._remove(line)
        for line in lines:
            self._settle(line, ResourceOutOfService("the provider went out of service"))
            self._close_later(line.where)

    def forget(self) -> None:
        """The provider is gone for good, and its observers with it."""
        self.clear()
        self._to_close.clear()

    # -- opening -------------------------------------------------------------------------------------------

    def _begin(self, where: Appearance) -> Line:
        if len(self._lines) >= self._limit:
            raise ResourceLimitExceeded(f"{self._limit} lines are open")
        line = self._lines[where] = Line(where)
        self._by_name[where.device_id] = where
        # Known before the first event can come. In service it is once the library, or an event, says so.
        self._tracker.observe(where, in_service=False)
        stale = where in self._to_close
        self._to_close.pop(where, None)
        self._errands.run(self._open(line, stale=stale), partial(self._opened, line), where)
        return line

    def _open(self, line: Line, *, stale: bool) -> Steps[OpenedLine]:
        opened = yield from self._library.ask(partial(_opened_anew if stale else _opened, line.where))
        yield from self._waits.until(partial(self._knows, line.where.line, opened), KNOWN_WITHIN)
        return opened

    def _knows(self, line: LineKey, opened: OpenedLine) -> bool:
        """Whether the line's part in each of its calls has been told; another line may have told the call."""
        calls = [self._tracker.find(call) for call in opened.calls]
        connections = [None if call is None else call.connections.get(line) for call in calls]
        return all(connection is not None and connection.legs for connection in connections)

    def _opened(self, line: Line, outcome: Outcome[OpenedLine]) -> None:
        if self._lines.get(line.where) is not line:
            return  # everybody has been told already
        if outcome.value is None:
            self._remove(line)
            self._close_later(line.where)  # it may be half open, or be opened by a call that comes back late
            self._settle(line, outcome.error)
            return
        if outcome.value.in_service:
            self._tracker.observe(line.where, in_service=True)
        line.is_open = True
        self._settle(line, None)

    def _settle(self, line: Line, failure: Exception | None) -> None:
        line.failure = failure
        waiting, line.waiting = line.waiting, []
        for resume in waiting:
            resume(None, None)

    def _remove(self, line: Line) -> None:
        del self._lines[line.where]
        del self._by_name[line.where.device_id]
        self._tracker.forget(line.where)

    # -- closing -------------------------------------------------------------------------------------------

    def _close_later(self, where: Appearance) -> None:
        self._to_close[where] = None
        if not self._closing:
            self._closing = True
            self._errands.run(self._close_all(), self._closed)

    def _close_all(self) -> Steps[None]:
        while self._to_close:
            where = next(iter(self._to_close))
            del self._to_close[where]
            try:
                yield partial(self._close_in_turn, where)
            except ResourceBusy:
                if where not in self._lines:
                    self._to_close[where] = None
                yield from self._waits.pause(CLOSE_AGAIN)
            except Exception:  # noqa: BLE001, S112 - what cannot be closed is gone, or will be with the process
                continue

    def _close_in_turn(self, where: Appearance, resume: Resume) -> None:
        steps = self._library.ask(partial(_closed, where))
        self._errands.run(steps, lambda outcome: resume(None, outcome.error), where)

    def _closed(self, _outcome: Outcome[None]) -> None:
        self._closing = False


def _opened(where: Appearance, telephony: Telephony) -> OpenedLine:
    return telephony.open(where)


def _opened_anew(where: Appearance, telephony: Telephony) -> OpenedLine:
    """Old observers would not tell the calls that are there; new ones do."""
    telephony.close(where)
    return telephony.open(where)


def _closed(where: Appearance, telephony: Telephony) -> None:
    telephony.close(where)
