"""Java's calls and addresses under the names that the rest of the bridge uses."""

import threading
from typing import Any

from csta_xml import CallId
from ctimgr_client.jtapi.keys import LineKey
from ctimgr_client.jtapi.telephony import JtapiFailure, Trouble

MAX_CALLS = 100_000


class Registry:
    """May be used on any thread."""

    def __init__(self, *, cisco: bool) -> None:
        self._cisco = cisco
        self._calls: dict[CallId, Any] = {}
        self._numbers: dict[Any, CallId] = {}
        self._count = 0
        self._lock = threading.Lock()

    def line(self, address: Any) -> LineKey:
        name = str(address.getName())
        partition = str(address.getPartition() or "") if self._cisco else ""
        return LineKey(name, partition)

    def id_of(self, call: Any) -> CallId:
        if self._cisco:
            number = call.getCallID()
            id_ = CallId(f"{int(number.getCallManagerID())}/{int(number.getGlobalCallID())}")
        else:
            with self._lock:
                id_ = self._numbers.get(call) or CallId(f"0/{self._count + 1}")
                if call not in self._numbers:
                    self._count += 1
                    self._numbers[call] = id_
        with self._lock:
            if id_ not in self._calls and len(self._calls) < MAX_CALLS:
                self._calls[id_] = call
        return id_

    def merged(self, old: CallId, survivor: Any) -> None:
        with self._lock:
            self._calls[old] = survivor

    def forget(self, call: Any) -> None:
        with self._lock:
            for id_ in [id_ for id_, one in self._calls.items() if one.equals(call)]:
                del self._calls[id_]
            self._numbers.pop(call, None)

    def call(self, id_: CallId) -> Any:
        found = self._calls.get(id_)
        if found is None:
            raise JtapiFailure(Trouble.UNKNOWN_CALL, f"no call {id_}")
        return found
