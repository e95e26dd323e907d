"""The log of a process is global: what a test sets up is taken back, or later tests would find it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import structlog


@contextmanager
def log_restored() -> Iterator[None]:
    """Within it `cstagw.log.set_up` may be called.

    No logger remembers its output meanwhile: those of modules would keep it beyond the end.
    """
    root = logging.getLogger()
    handlers, level, loud = root.handlers[:], root.level, logging.raiseExceptions
    forgetful = partial(_configured, structlog.configure)
    with patch.object(structlog, "configure", forgetful):
        yield
    logging.raiseExceptions = loud
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _configured(configure: object, **given: object) -> None:
    assert callable(configure)
    configure(**given | {"cache_logger_on_first_use": False})
