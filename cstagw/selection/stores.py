"""The store of choices that the configuration names. Nothing is opened here."""

from __future__ import annotations

from pathlib import Path

from cstagw.config import Config
from cstagw.config.places import path_in, scheme_of
from cstagw.directory.sources import secret

from .postgresql import PostgresqlSelection
from .sqlite_store import SqliteSelection
from .store import SelectionStore

#: In [state] folder, where no other place is configured.
FILE = "selection.sqlite"


def store_of(config: Config) -> SelectionStore:
    """Without [selection] store it is a file of this node."""
    wanted = config.selection
    if wanted.store is None:
        return SqliteSelection(config.state.folder / FILE)
    if scheme_of(wanted.store) == "sqlite":
        return SqliteSelection(Path(path_in(wanted.store)))
    password = secret(wanted.password_file) if wanted.password_file else None
    return PostgresqlSelection(wanted.store, password)
