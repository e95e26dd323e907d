"""How a gateway says no, and how that is said to a person.

Knows SIP responses as values, nothing of sessions.
"""

from __future__ import annotations

import re

from sip import Response

#: The words of a Reason header (RFC 3326 §2).
_TEXT = re.compile(r'text="((?:[^"\\]|\\.)*)"')


class SignInRefused(Exception):
    """The gateway did not open a session; `status` is 0 where no answer came, `reason` what it said of it."""

    def __init__(self, status: int, text: str, reason: str = "") -> None:
        super().__init__(f"{status} {text}" if status else text)
        self.status = status
        self.reason = reason


class ServiceRefused(Exception):
    """A service was answered with an error."""

    def __init__(self, service: str, error: str) -> None:
        super().__init__(f"{service}: {error}")
        self.error = error


def words_of(response: Response | None) -> str:
    """The phrase of a response and, in brackets, its reason."""
    if response is None:
        return "no answer"
    words = response.phrase.decode("utf-8", "replace")
    reason = reason_of(response)
    return f"{words} ({reason})" if reason else words


def reason_of(response: Response | None) -> str:
    """The words of the Reason header, or all of it where it has no words."""
    header = response.get(b"reason").decode("utf-8", "replace") if response is not None else ""
    found = _TEXT.search(header)
    return found.group(1) if found else header
