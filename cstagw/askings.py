"""Who asked for a session and what became of it: the last time it was granted and the last time it was not.

For the person who has to tell a user why. Pure; bounded: who asked longest ago is forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

#: Users remembered.
MAX_USERS = 20_000
#: Characters that are kept of what a client wrote, which may be as long as a body.
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """One INVITE. `status` is what it was answered with, `reason` the metric label of a refusal, `text` the
    words of its Reason header; `device` and `rule` are what was chosen. `at` is monotonic seconds."""

    at: float
    line: str
    peer: str
    status: int
    reason: str = ""
    text: str = ""
    device: str = ""
    rule: str = ""
    session: str = ""

    def report(self, now: float) -> dict[str, object]:
        """As JSON."""
        return {
            "seconds_ago": round(now - self.at, 3),
            "line": self.line,
            "peer": self.peer,
            "status": self.status,
            "reason": self.reason,
            "text": self.text,
            "device": self.device,
            "rule": self.rule,
            "session": self.session,
        }


@dataclass(slots=True)
class _Of:
    granted: Asking | None = None
    refused: Asking | None = None


class Askings:
    """By user, as `user_key` makes him."""

    def __init__(self, most: int = MAX_USERS) -> None:
        self._most = most
        self._users: OrderedDict[str, _Of] = OrderedDict()

    def __len__(self) -> int:
        return len(self._users)

    def granted(self, user: str, asking: Asking) -> None:
        """A session was opened."""
        self._of(user).granted = _cut(asking)

    def refused(self, user: str, asking: Asking) -> None:
        """None was."""
        self._of(user).refused = _cut(asking)

    def last_granted(self, user: str) -> Asking | None:
        """None where nobody remembers."""
        found = self._users.get(user[:MAX_TEXT])
        return found.granted if found is not None else None

    def last_refused(self, user: str) -> Asking | None:
        """None where nobody remembers, or he never was."""
        found = self._users.get(user[:MAX_TEXT])
        return found.refused if found is not None else None

    def _of(self, user: str) -> _Of:
        key = user[:MAX_TEXT]
        found = self._users.setdefault(key, _Of())
        self._users.move_to_end(key)
        if len(self._users) > self._most:
            self._users.popitem(last=False)
        return found


def _cut(asking: Asking) -> Asking:
    if len(asking.line) <= MAX_TEXT and len(asking.text) <= MAX_TEXT:
        return asking
    return replace(asking, line=asking.line[:MAX_TEXT], text=asking.text[:MAX_TEXT])
