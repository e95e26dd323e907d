"""The source that the configuration names. Shell: knows certificates; files and servers are reached later."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from cstagw.config import ConfigError, Problem
from cstagw.config.access import Directory
from cstagw.config.axl_urls import parse_axl_url
from cstagw.config.places import path_in, scheme_of

from .axl import AxlDirectory
from .csv_file import CsvDirectory
from .postgresql import DEFAULT_QUERY as POSTGRESQL_QUERY
from .postgresql import PostgresqlDirectory
from .source import Source
from .sqlite_file import DEFAULT_QUERY as SQLITE_QUERY
from .sqlite_file import SqliteDirectory


def source_of(config: Directory) -> Source | None:
    """None where the directory is open. Raises ConfigError."""
    match scheme_of(config.source):
        case "csv":
            return CsvDirectory(Path(path_in(config.source)))
        case "sqlite":
            query = config.query or SQLITE_QUERY
            return SqliteDirectory(Path(path_in(config.source)), query, config.refresh)
        case "postgresql":
            password = secret(config.password_file) if config.password_file else None
            query = config.query or POSTGRESQL_QUERY
            return PostgresqlDirectory(config.source, password, query, config.refresh)
        case "axl":
            return _axl(config)
    return None


def secret(file: Path) -> Callable[[], str]:
    """Reads a password when it is needed, so that a new one needs no restart."""
    return lambda: file.read_text(encoding="utf-8").strip("\r\n")


def _axl(config: Directory) -> AxlDirectory:
    url = parse_axl_url(config.source)
    assert config.password_file is not None  # noqa: S101 - the configuration demands one
    return AxlDirectory(
        url.host,
        url.port,
        url.user,
        secret(config.password_file),
        user_column=url.user_column,
        domain=url.domain,
        refresh=config.refresh,
        ssl=_trusting(config.ca),
    )


def _trusting(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        text = f"{ca}: {error.strerror or 'no certificate in PEM'}"
        raise ConfigError([Problem("directory.ca", text)]) from None
