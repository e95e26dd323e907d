"""What is used of asyncpg, which comes without types of its own.

Pure: types only, so that nothing else of the gateway needs the driver to be installed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias

#: The values of a row, in the order of the columns.
Values: TypeAlias = Sequence[Any]


class Column(Protocol):
    """A column of a result."""

    name: str


class Statement(Protocol):
    """What the server knows of a query before it is run."""

    def get_attributes(self) -> Sequence[Column]: ...


class Cursor(Protocol):
    """Rows, some at a time; none after the last."""

    async def fetch(self, n: int) -> Sequence[Values]: ...


class Connection(Protocol):
    """One session with a server; one command at a time."""

    async def execute(self, query: str, *args: object) -> str: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    async def prepare(self, query: str) -> Statement: ...
    def cursor(self, query: str) -> Awaitable[Cursor]: ...
    async def add_listener(self, channel: str, heard: Callable[[object, int, str, str], None]) -> None: ...
    def add_termination_listener(self, gone: Callable[[object], None]) -> None: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...
