"""The choices of users in PostgreSQL: one table, whose trigger tells every gateway what was changed in it.

Does not know how a server is reached; that is `cstagw.postgresql`. One connection reads and then listens, a
second one writes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from cstagw.asyncpg_types import Connection
from cstagw.database_failures import DatabaseError
from cstagw.postgresql import Database, Listener, Password, hang_up

from .store import Choice, StoreError

CHANNEL = "cstagw_selection"
MAX_CHOICES = 1_000_000
#: Seconds for `put`, all in all, and those of them that a connection may take which is perhaps dead.
PUT_TIMEOUT = 5.0
KEPT_TIMEOUT = 2.0

#: Makes what is missing of the table and its triggers, for PostgreSQL 14 or later; stands in
#: deploy/postgresql.sql as well. The lock is there because IF NOT EXISTS fails where two do it at once.
SCHEMA = """\
SELECT pg_advisory_xact_lock(1668510817);   -- two at once wait for each other

CREATE TABLE IF NOT EXISTS cstagw_selection (
    user_uri  text        NOT NULL,             -- alice@example.com: lower case, no scheme
    dn        text        NOT NULL,
    partition text        NOT NULL DEFAULT '',
    device    text        NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_uri, dn),
    CONSTRAINT user_uri_is_lower_case_without_scheme
        CHECK (user_uri <> '' AND user_uri !~ '[A-Z]' AND user_uri !~ '^sips?:'),
    CONSTRAINT device_is_given CHECK (device <> ''),
    CONSTRAINT chosen_at_is_finite CHECK (isfinite(chosen_at)),
    CONSTRAINT fits_into_a_notification CHECK (
        length(user_uri) <= 512 AND length(dn) <= 64 AND length(partition) <= 128 AND length(device) <= 129
    )
);

CREATE OR REPLACE FUNCTION cstagw_notify_selection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM pg_notify('cstagw_selection', '');   -- gateways read everything again
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.user_uri, OLD.dn) <> (NEW.user_uri, NEW.dn)) THEN
        PERFORM pg_notify('cstagw_selection', json_build_object(
            'user_uri', OLD.user_uri, 'dn', OLD.dn, 'partition', OLD.partition, 'device', '',
            'chosen_at', extract(epoch FROM now()))::text);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('cstagw_selection', json_build_object(
            'user_uri', NEW.user_uri, 'dn', NEW.dn, 'partition', NEW.partition, 'device', NEW.device,
            'chosen_at', extract(epoch FROM NEW.chosen_at))::text);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER cstagw_selection_changed
    AFTER INSERT OR UPDATE OR DELETE ON cstagw_selection
    FOR EACH ROW EXECUTE FUNCTION cstagw_notify_selection();

CREATE OR REPLACE TRIGGER cstagw_selection_emptied
    AFTER TRUNCATE ON cstagw_selection
    FOR EACH STATEMENT EXECUTE FUNCTION cstagw_notify_selection();
"""

_IS_MADE = """\
SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = to_regclass('cstagw_selection')
    AND tgname IN ('cstagw_selection_changed', 'cstagw_selection_emptied')"""
_ALL = """\
SELECT user_uri, dn, device, partition, extract(epoch FROM chosen_at)::float8
FROM cstagw_selection ORDER BY user_uri, dn"""
_KEEP = """\
INSERT INTO cstagw_selection (user_uri, dn, partition, device, chosen_at)
VALUES ($1, $2, $3, $4, to_timestamp($5::float8)) ON CONFLICT (user_uri, dn) DO UPDATE
SET partition = excluded.partition, device = excluded.device, chosen_at = excluded.chosen_at"""
_FORGET = "DELETE FROM cstagw_selection WHERE user_uri = $1 AND dn = $2"


class PostgresqlSelection:
    """`password` goes before the one in the URL. Raises ValueError for an URL that cannot be read."""

    def __init__(self, url: str, password: Password | None) -> None:
        self._database = Database(url, password)
        self.name = self._database.name
        self._listener: Listener | None = None
        self._writer: Connection | None = None
        self._turn = asyncio.Lock()

    async def load(self) -> Sequence[Choice]:
        """Every choice, at most MAX_CHOICES; makes the table where there is none. Raises StoreError."""
        await self._let_go()
        try:
            listener = await self._database.listen(CHANNEL)  # first: no change after the reading is missed
            try:
                await self._make_table(listener.connection)
                await listener.begin()
                rows = await listener.read(_ALL, MAX_CHOICES)
            except BaseException:
                listener.drop()
                raise
        except DatabaseError as error:
            raise StoreError(str(error), error.cure) from None
        self._listener = listener
        return [Choice(*row) for row in rows]

    async def put(self, choice: Choice) -> None:
        """Within PUT_TIMEOUT, on the connection that is there or on a new one. Raises StoreError."""
        try:
            async with asyncio.timeout(PUT_TIMEOUT), self._turn:
                await self._put(choice)
        except TimeoutError:
            raise StoreError(
                f"the choice was not confirmed by {self.name} within {PUT_TIMEOUT:g} s",
                "check whether the server hangs or is overloaded, then address, routing and firewall",
            ) from None
        except DatabaseError as error:
            raise StoreError(str(error), error.cure) from None

    async def changed(self) -> Sequence[Choice]:
        """All that were notified and not yet given. Raises StoreError, also where they were too many or one
        cannot be read: `load` again then.
        """
        listener = self._listener
        if listener is None:
            raise StoreError(
                "the choices have not been loaded", "nothing needs to be done: they are loaded next"
            )
        try:
            await listener.wait()
            return _choices(*listener.take())
        except (DatabaseError, StoreError) as error:
            self._listener = None
            listener.drop()
            raise StoreError(str(error), error.cure) from None

    async def close(self) -> None:
        """Let go of both connections."""
        await self._let_go()
        async with self._turn:
            if self._writer is not None:
                await hang_up(self._writer)
            self._writer = None

    async def _let_go(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    async def _make_table(self, connection: Connection) -> None:
        with self._database.explained():
            if await connection.fetchval(_IS_MADE):
                return
        try:
            with self._database.explained():
                await connection.execute(SCHEMA)
        except DatabaseError as error:
            if error.label != "42501":
                raise
            raise StoreError(
                f"the table cstagw_selection with its triggers is not there, and cannot be made: {error}",
                "let the owner of the database run deploy/postgresql.sql, or GRANT CREATE on its schema",
            ) from None

    async def _put(self, choice: Choice) -> None:
        if self._writer is not None:
            try:
                async with asyncio.timeout(KEPT_TIMEOUT):
                    return await self._write(self._writer, choice)
            except (TimeoutError, DatabaseError):
                pass  # it may have been dead for long; doing it twice does no harm
        return await self._write(await self._database.connect(), choice)

    async def _write(self, connection: Connection, choice: Choice) -> None:
        self._writer = None
        key = choice.user, choice.dn
        try:
            with self._database.explained():
                if choice.device:
                    values = *key, choice.partition, choice.device, choice.chosen_at
                    await connection.execute(_KEEP, *values)
                else:
                    await connection.execute(_FORGET, *key)
        except BaseException:
            connection.terminate()
            raise
        self._writer = connection


def _choices(payloads: Sequence[str], overflowed: bool) -> list[Choice]:
    """Raises StoreError."""
    if overflowed:
        raise StoreError(
            "more choices were changed at once than can be followed",
            "nothing needs to be done: all are loaded again",
        )
    return [_choice_of_payload(payload) for payload in payloads]


def _choice_of_payload(payload: str) -> Choice:
    """Raises StoreError."""
    try:
        match json.loads(payload):
            case {
                "user_uri": str(user),
                "dn": str(dn),
                "partition": str(partition),
                "device": str(device),
                "chosen_at": int() | float() as chosen_at,
            }:
                return Choice(user, dn, device, partition, float(chosen_at))
    except (ValueError, OverflowError, RecursionError):
        pass
    raise StoreError(
        f"a notification on the channel {CHANNEL} does not say what was changed",
        "nothing needs to be done: all choices are loaded again; if this repeats, see who else notifies it",
    )
