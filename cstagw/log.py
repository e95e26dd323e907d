"""The log: one line per event on standard output, as JSON or as text.

A shell module: it writes to a stream and reads the wall clock. Fields: ts (UTC, milliseconds), level, event,
logger, node, then the context. Records of the standard library's logging (aiohttp, asyncio) go the same way.
A line that cannot be written is lost and counted: a full disk must not cost a link or a connection.
"""

import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TextIO, cast

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import BindableLogger, EventDict, FilteringBoundLogger, Processor, WrappedLogger

Format = Literal["json", "text"]

_FIRST = ("ts", "level", "event", "logger", "node")


class _Output:
    """Takes whole lines and never raises. Without a stream it is sys.stdout of the moment, so that a logger
    kept for long follows a redirection.
    """

    lost = 0

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        # The flush is here, so that a line is counted once; ValueError is a closed or narrow stream.
        stream = self._stream or sys.stdout
        try:
            stream.write(text)
            stream.flush()
        except (OSError, ValueError):
            _Output.lost += 1
        return len(text)

    def flush(self) -> None:
        """Every write has done it."""


class _Handler(logging.StreamHandler[TextIO]):
    """Of the standard library's records; one that cannot even be made into a line is lost as well."""

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        _Output.lost += 1


def lost_lines() -> int:
    """How many lines could not be written since the process began."""
    return _Output.lost


def let_go_of_stdout() -> None:
    """Before the end of a process: what standard output did not take must not change the exit code."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def get_logger(name: str) -> FilteringBoundLogger:
    """A logger whose lines carry this name; may be made before set_up."""
    return cast(FilteringBoundLogger, structlog.get_logger(name))


class _NamedLogger(structlog.WriteLogger):
    """Remembers the name that `structlog.get_logger("...")` was given, in any room."""

    def __init__(self, out: TextIO, name: str) -> None:
        super().__init__(out)
        self.name = name


def _named(out: TextIO) -> Callable[..., _NamedLogger]:
    def make(name: str = "", *_args: object) -> _NamedLogger:
        return _NamedLogger(out, name)

    return make


class _Rendering:
    """The last step of every line. Loggers keep their steps for ever, so the form is looked up in here."""

    render: Processor

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> str:
        return cast(str, self.render(logger, method, event))


_rendering = _Rendering()
#: Of every logger. Loggers are kept where they are used, but their methods are looked up here.
_Logger = cast(type[BindableLogger], type("_Logger", (structlog.make_filtering_bound_logger("debug"),), {}))


def change(level: str, form: Format) -> None:
    """From now on, for every logger there is."""
    _rendering.render = _render_text if form == "text" else _render_json
    for name, method in vars(structlog.make_filtering_bound_logger(level)).items():
        if not name.startswith("__"):
            setattr(_Logger, name, method)
    logging.getLogger().setLevel(level.upper())


def set_up(level: str, form: Format, node: str, stream: TextIO | None = None) -> None:
    """Route every log line of this process to `stream` (standard output)."""
    out = cast(TextIO, _Output(stream))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _stamp(node),
    ]
    structlog.configure(
        processors=[structlog.stdlib.add_logger_name, *shared, _rendering],
        wrapper_class=_Logger,
        logger_factory=_named(out),
        cache_logger_on_first_use=True,
    )
    logging.raiseExceptions = False
    handler = _Handler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared],
            processors=[ProcessorFormatter.remove_processors_meta, _rendering],
        )
    )
    logging.basicConfig(handlers=[handler], force=True)
    change(level, form)


def _stamp(node: str) -> Processor:
    """Adds time and node, and puts the fixed fields first."""

    def stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        fixed = {
            "ts": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": event.pop("level"),
            "event": event.pop("event"),
            "logger": event.pop("logger", ""),
            "node": node,
        }
        return {**fixed, **event}

    return stamp


def _render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps(event, default=str)


def _render_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """For people: the event first, the context as key=value, a traceback below."""
    trace = event.pop("exception", None)
    context = "".join(f" {key}={_plain(value)}" for key, value in event.items() if key not in _FIRST)
    line = f"{event['ts']} {event['level']:<8} {_printable(event['event'])}{context} [{event['logger']}]"
    return f"{line}\n{trace}" if trace else line


def _plain(value: object) -> str:
    """Quoted where a bare value would run into the next one."""
    text = value if isinstance(value, str) else str(value)
    return _printable(text) if text and not set(text) & set(' "=') else json.dumps(text)


def _printable(text: str) -> str:
    """A peer's text must not forge a line of its own."""
    return text if text.isprintable() else json.dumps(text)
