"""Session timers: who refreshes, how often, and when a session without refresh is over (RFC 4028).

Values in, values out; the peer's words and our limits decide, no clock here.
"""

from dataclasses import dataclass

from .message import Request, Response

#: RFC 4028 §5: no session interval below this many seconds.
LOWEST_MIN_SE = 90


@dataclass(frozen=True, slots=True)
class SessionTimer:
    """The session interval agreed, in seconds; `ours`: we refresh, `required`: the peer knows of it."""

    interval: int
    ours: bool
    required: bool

    @property
    def headers(self) -> bytes:
        """The header lines of the 2xx that state it (RFC 4028 §9)."""
        who = b"uas" if self.ours else b"uac"
        require = b"Require: timer\r\n" if self.required else b""
        return b"Session-Expires: %d;refresher=%s\r\n%s" % (self.interval, who, require)

    @property
    def request_headers(self) -> bytes:
        """The header lines of our own refreshing UPDATE, in which we are the UAC (RFC 4028 §7.4)."""
        return b"Supported: timer\r\nSession-Expires: %d;refresher=uac\r\n" % self.interval

    @property
    def refresh_after(self) -> float:
        """Seconds from the last refresh to ours (RFC 4028 §10: half the interval)."""
        return self.interval / 2

    @property
    def over_after(self) -> float:
        """Seconds from the last refresh to the BYE when none came (RFC 4028 §10)."""
        return self.interval - min(32.0, self.interval / 3)


@dataclass(frozen=True, slots=True)
class IntervalTooSmall:
    """The interval asked for is below ours: 422 with this Min-SE (RFC 4028 §9)."""

    min_se: int


def negotiate(
    request: Request, *, expires: int, min_se: int, current: SessionTimer | None = None
) -> SessionTimer | IntervalTooSmall:
    """What the session timer will be after a 2xx to this INVITE or UPDATE (RFC 4028 §9, table 2).

    `expires` is the interval we offer, `min_se` the least we take; `current` is kept by a refresh that says
    nothing of it. What was asked is never raised, but for the least that any session may have.
    """
    supports = b"timer" in request.options(b"supported")
    value = request.get(b"session-expires")
    least = max(min_se, _seconds(request.get(b"min-se")) or 0)
    asked = _seconds(value)
    if asked is None:
        if current is not None:
            return SessionTimer(current.interval, current.ours, current.required and supports)
        return SessionTimer(max(expires, least), ours=not supports, required=supports)
    if not supports:
        # The interval is a proxy's: its client would not understand a 422.
        return SessionTimer(max(min(asked, max(expires, least)), LOWEST_MIN_SE), ours=True, required=False)
    if asked < min_se:
        return IntervalTooSmall(min_se)
    return SessionTimer(min(asked, max(expires, least)), ours=_refresher(value) == b"uas", required=True)


def agreed(response: Response) -> SessionTimer | None:
    """The session timer that a 2xx to our INVITE or UPDATE states (RFC 4028 §7.2); None where it has none."""
    value = response.get(b"session-expires")
    interval = _seconds(value)
    if interval is None:
        return None
    return SessionTimer(max(interval, LOWEST_MIN_SE), ours=_refresher(value) != b"uas", required=True)


def _seconds(value: bytes) -> int | None:
    digits = value.partition(b";")[0].strip()
    return int(digits) if digits.isdigit() and len(digits) < 10 else None


def _refresher(value: bytes) -> bytes:
    for part in value.split(b";")[1:]:
        name, _, text = part.partition(b"=")
        if name.strip().lower() == b"refresher":
            return text.strip().lower()
    return b""
