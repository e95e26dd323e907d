"""How many requests and responses there were, by direction, method and status; and what had to be refused.

Plain integers for metrics. What a peer can invent is counted as "other", so the tables stay small.
"""

from __future__ import annotations

from collections import Counter

_METHODS = {
    method: method.decode()
    for method in (b"INVITE", b"ACK", b"BYE", b"CANCEL", b"INFO", b"UPDATE", b"OPTIONS")
}
#: RFC 3261 §21 and its extensions that are met in practice.
_CODES = {
    code: str(code)
    for codes in (
        (100, 180, 181, 182, 183, 200, 202, 204, 300, 301, 302, 305, 380),
        (*range(400, 423), 423, 424, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470),
        (*range(480, 490), 491, 493, 494, *range(500, 506), 513, 555, 580, 600, 603, 604, 606, 607),
    )
    for code in codes
}
_OTHER = "other"


class Tally:
    """`counts` by (direction, method, code), the code empty for requests; `refusals` by reason."""

    __slots__ = ("counts", "refusals")

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.refusals: Counter[str] = Counter()

    def request(self, direction: str, method: bytes) -> None:
        """A request came "in" or went "out"."""
        self.counts[direction, _METHODS.get(method, _OTHER), ""] += 1

    def response(self, direction: str, method: bytes, status: int) -> None:
        """A response came "in" or went "out"; `method` is its request's."""
        self.counts[direction, _METHODS.get(method, _OTHER), _CODES.get(status, _OTHER)] += 1
