"""A directory in PostgreSQL: the rows of a query, loaded again when somebody notifies the channel.

Does not know what the rows mean, nor how a server is reached; that is `cstagw.postgresql`. Each load makes a
new connection, which then waits for the next change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from cstagw.asyncpg_types import Values
from cstagw.database_failures import DatabaseError
from cstagw.postgresql import Database, Listener, Password

from .columns import MAX_ROWS, rows_of
from .entries import Row
from .source import SourceError

CHANNEL = "cstagw_directory"
DEFAULT_QUERY = (
    "SELECT user_uri, dn, partition, device, model, enabled, line_uri FROM line_appearances"
    " ORDER BY user_uri, dn, device"
)


class PostgresqlDirectory:
    """The rows that `query` gives, columns by their names in its result; values of any type become text.

    `password` goes before the one in the URL. Loading again is worth while after `refresh` seconds in any
    case. Raises ValueError for an URL that cannot be read.
    """

    kind = "postgresql"

    def __init__(self, url: str, password: Password | None, query: str, refresh: float) -> None:
        self._database = Database(url, password)
        self.name = self._database.name
        # The operator's query stands in one that lets the server make text of every type.
        self._rows = f"(\n{query.strip().removesuffix(';')}\n) AS given"
        self._refresh = refresh
        self._listener: Listener | None = None

    async def load(self) -> Sequence[Row]:
        """Every row of the query, at most MAX_ROWS. Raises SourceError."""
        await self.close()
        try:
            listener = await self._database.listen(CHANNEL)  # first: no change after the reading is missed
            try:
                names, values = await self._read(listener)
            except BaseException:
                listener.drop()
                raise
            self._listener = listener  # also where the rows are of no use: whoever corrects them is heard
            return await asyncio.to_thread(lambda: list(rows_of(names, values, "row {}".format)))
        except DatabaseError as error:
            raise SourceError(str(error), error.cure) from None
        except ValueError as error:
            raise SourceError(
                str(error), "check the table and [directory] query; what it gives is named with AS"
            ) from None

    async def changed(self) -> None:
        """Come back at the next notification, several at once are one, else after the refresh time.

        Raises SourceError where the connection was lost.
        """
        listener = self._listener
        if listener is None:  # the last load failed
            await asyncio.sleep(self._refresh)
            return
        try:
            await listener.wait(self._refresh)
        except DatabaseError as error:
            self._listener = None
            listener.drop()
            raise SourceError(str(error), error.cure) from None
        listener.take()

    async def close(self) -> None:
        """Let go of the connection."""
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    async def _read(self, listener: Listener) -> tuple[list[str], list[Values]]:
        """Names and values. Raises DatabaseError, and ValueError for the names."""
        await listener.begin()
        names = await listener.columns(f"SELECT * FROM {self._rows}")  # noqa: S608 - the operator's own
        rows_of(names, (), str)  # columns that are not known would be read in vain
        texts = ", ".join('"{}"::text'.format(name.replace('"', '""')) for name in names)
        return names, await listener.read(f"SELECT {texts} FROM {self._rows}", MAX_ROWS)  # noqa: S608
