"""What a bridge process writes to its standard error, passed on into our log: lines of a log like ours, and
whatever else a JVM or a library prints there.

Bounded in rate and in length: a process that goes mad must not fill the disk. Bytes and the time come in.
Knows no process.
"""

import json
from collections import deque

import structlog

#: Lines that are passed on: so many at once, then so many per second.
BURST, PER_SECOND = 100, 2.0
MAX_LINE = 16_384
_MAX_TEXT = 1_000
#: Lines that are kept for the case that they were the last, and characters of their end: it tells most.
_LAST_WORDS, _MAX_WORDS = 3, 150
_GRAVE = ("error", "critical")
_LEVELS = ("debug", "info", "warning", "error", "critical")
#: Fields of a line that our log gives itself, or that mean something to those who write it.
_OURS = frozenset(
    {"ts", "timestamp", "logger", "node", "cti", "self", "exc_info", "stack_info", "positional_args"}
)

_log = structlog.get_logger("cstagw.bridge")


class BridgeLog:
    """Of the processes to one CTIManager, which it names `name`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest = b""
        self._allowance = _Allowance()
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)

    def take(self, data: bytes, now: float) -> None:
        """What was read; nothing at all where there will be no more. `now` is monotonic seconds."""
        *lines, rest = (self._rest + (data or b"\n")).split(b"\n")
        self._rest = rest[:MAX_LINE]
        for line in lines:
            self._line(line, now)

    def last_words(self) -> str:
        """The causes of errors in its log, and what it printed that was no line of that, of late and in one
        line; forgotten then."""
        words = " | ".join(self._last_words)
        self._last_words.clear()
        return words[-_MAX_WORDS:]

    def _line(self, raw: bytes, now: float) -> None:
        text = raw[:MAX_LINE].decode(errors="replace").strip()
        if not text:
            return
        record = _record(text)
        if record is None:
            self._last_words.append(text[:_MAX_WORDS])
            record = {"event": "bridge.said", "level": "warning", "text": text[:_MAX_TEXT]}
        elif record.get("level") in _GRAVE and "cause" in record:
            self._last_words.append(str(record["cause"])[:_MAX_WORDS])
        left_out = self._allowance.take(now)
        if left_out is None:
            return
        if left_out:
            _log.warning("bridge.log_left_out", cti=self._name, lines=left_out)
        level = record.pop("level", "info")
        event = str(record.pop("event"))
        write = getattr(_log, level if level in _LEVELS else "info")
        write(event, cti=self._name, **{key: record[key] for key in record if key not in _OURS})


class _Allowance:
    """How many lines may be passed on."""

    def __init__(self) -> None:
        self._left, self._at, self._left_out = float(BURST), 0.0, 0

    def take(self, now: float) -> int | None:
        """None: not this one. Else how many have been left out before it."""
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            self._left_out += 1
            return None
        self._left -= 1
        left_out, self._left_out = self._left_out, 0
        return left_out


def _record(text: str) -> dict[str, object] | None:
    """A line of a log like ours; None for anything else."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and "event" in record else None
