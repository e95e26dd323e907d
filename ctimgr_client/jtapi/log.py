"""The log of a bridge process: JSON lines on standard error, in the form of the gateway's log.

The gateway passes them on. Fields: ts (UTC, milliseconds), level, event, logger, then the context. A line
that cannot be written is lost: whoever reads is gone then, and the bridge ends for that very reason.
"""

import json
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger


class _Lines(logging.Handler):
    """Records of the standard library's logging (asyncio), the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        _write(self.format(record))


class _Logger(structlog.WriteLogger):
    """Remembers the name that `structlog.get_logger("...")` was given."""

    def __init__(self, name: str) -> None:
        super().__init__(sys.stderr)
        self.name = name

    def msg(self, message: str) -> None:
        _write(message)

    debug = info = warning = error = critical = msg


def set_up(level: str = "info") -> None:
    """Route every log line of this process to standard error."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _stamp,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=cast(Callable[..., WrappedLogger], lambda name="", *_: _Logger(name)),
        cache_logger_on_first_use=True,
    )
    handler = _Lines()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, _render]
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def _write(line: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    fixed = {
        "ts": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": event.pop("level"),
        "event": event.pop("event"),
        "logger": event.pop("logger", ""),
    }
    return {**fixed, **event}


def _render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps(event, default=str)
