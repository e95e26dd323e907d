"""Java's calls and lines under the names that the rest of the bridge uses, and locks for lines and terminals.

Shell: may be used on any thread. A call may get another number when a transfer or a conference puts it into
another one; whoever holds the old one means the call that is left, until that is over.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from csta_xml import CallId
from ctimgr_client.jtapi.keys import Appearance, LineKey
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble

MAX_CALLS = 100_000


class Registry:
    """`cisco`: calls have numbers of their own. When it is full, the oldest call is forgotten: its end has
    not been told."""

    def __init__(self, *, cisco: bool, max_calls: int = MAX_CALLS) -> None:
        self._cisco = cisco
        self._max_calls = max_calls
        self._calls: dict[CallId, Any] = {}
        self._left: dict[CallId, CallId] = {}  # a call that is in another one now, and that one
        self._merged: dict[CallId, list[CallId]] = {}  # the other way round
        self._numbers: dict[Any, CallId] = {}  # plain JTAPI's calls
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._calls) + len(self._left) + len(self._numbers)

    def line(self, address: Any) -> LineKey:
        return LineKey(str(address.getName() or ""), str(address.getPartition() or "") if self._cisco else "")

    def optional_line(self, address: Any) -> LineKey | None:
        return None if address is None else self.line(address)

    def appearance(self, leg: Any) -> Appearance:
        """Of a TerminalConnection."""
        return Appearance(str(leg.getTerminal().getName()), self.line(leg.getConnection().getAddress()))

    def id_of(self, call: Any) -> CallId:
        """The number of a Java call, which can be used from now on."""
        if self._cisco:
            number = call.getCallID()
            id_ = CallId(f"{int(number.getCallManagerID())}/{int(number.getGlobalCallID())}")
            with self._lock:
                self._keep(id_, call)
            return id_
        with self._lock:
            known = self._numbers.get(call)
            if known is not None:
                return known
            self._count += 1
            id_ = self._numbers[call] = CallId(f"0/{self._count}")
            self._keep(id_, call)
            return id_

    def call(self, id_: CallId) -> Any:
        """The Java call. Raises JtapiFailure."""
        with self._lock:
            found = self._calls.get(self._left.get(id_, id_))
        if found is None:
            raise JtapiFailure(Trouble.UNKNOWN_CALL, f"no call {id_}")
        return found

    def merged(self, old: CallId, new: CallId) -> None:
        """What was `old` is in `new` from now on, and so is what has been in `old` before."""
        with self._lock:
            new = self._left.get(new, new)
            if new == old or new not in self._calls:
                return
            self._drop(old)
            for id_ in (*self._merged.pop(old, ()), old):
                self._left[id_] = new
                self._merged.setdefault(new, []).append(id_)

    def over(self, id_: CallId) -> None:
        """The call is over. One that is in another now has been over before."""
        with self._lock:
            if id_ not in self._left:
                self._forget(id_)

    def _keep(self, id_: CallId, call: Any) -> None:
        if id_ in self._calls or id_ in self._left:
            return
        while len(self._calls) >= self._max_calls:
            self._forget(next(iter(self._calls)))
        self._calls[id_] = call

    def _forget(self, id_: CallId) -> None:
        self._drop(id_)
        for old in self._merged.pop(id_, ()):
            self._left.pop(old, None)

    def _drop(self, id_: CallId) -> None:
        call = self._calls.pop(id_, None)
        if call is not None and not self._cisco:
            self._numbers.pop(call, None)


class Locks:
    """One lock for many things: those of one thing take turns, others mostly do not wait for them."""

    def __init__(self, count: int = 64) -> None:
        self._locks = tuple(threading.Lock() for _ in range(count))

    @contextmanager
    def of(self, thing: Hashable) -> Iterator[None]:
        with self._locks[hash(thing) % len(self._locks)]:
            yield
