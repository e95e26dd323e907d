"""PostgreSQL for the two that need it, the directory and the choices of users: a connection, and one that
listens.

Shell: reaches the server with asyncpg, which is an extra and imported at the first use. Every foreign error
becomes a DatabaseError here, once. Does not know which tables there are. What the environment of the process
says to other clients of PostgreSQL (PGPASSWORD, PGSSLMODE, ~/.pgpass) has no effect.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH
from math import inf
from typing import Any, TypeAlias

from .asyncpg_types import Connection, Values
from .config.databases import parse_database_url
from .database_failures import DatabaseError, failure

#: Seconds. Where nothing but listening is done, a server that hangs is found after both PING times.
CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 15.0
READ_TIMEOUT = 120.0
CLOSE_TIMEOUT = 2.0
PING_EVERY = 5.0
PING_TIMEOUT = 5.0
#: Notifications that wait to be taken.
MAX_PAYLOADS = 10_000
#: Rows that are taken before the event loop has its turn again.
BATCH = 1_000

_ERRNO = re.compile(r"\[Errno (\d+)\]")
_UNREACHABLE = (EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN)
_KINDS: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (UnicodeDecodeError, "22"),
    (UnicodeError, "not_resolvable"),
    (socket.gaierror, "not_resolvable"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timed_out"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "lost"),
    (ConnectionAbortedError, "lost"),
    (BrokenPipeError, "lost"),
    (ConnectionError, "no_tls"),  # what the driver raises where the server answers its wish with no
    (FileNotFoundError, "no_socket"),
    (PermissionError, "forbidden"),
)

Password: TypeAlias = Callable[[], str]


@dataclass(frozen=True, slots=True, repr=False)
class _Means:
    """What a connection is opened with; `tls` is what to try, in this order."""

    driver: Any
    password: str
    tls: tuple[ssl.SSLContext | None, ...]


class Database:
    """One database, and the way into it; `name` is for people. Raises ValueError for an URL that cannot be
    read.

    `password` is asked in a thread before every connection and goes before the one in the URL; it may raise
    OSError and ValueError, whose text is shown.
    """

    def __init__(self, url: str, password: Password | None = None) -> None:
        self.url = parse_database_url(url)
        self.name = str(self.url)
        self._password = password

    async def connect(self) -> Connection:
        """A new connection. Raises DatabaseError."""
        try:
            with self.explained():
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    means = await asyncio.to_thread(self._means)
                    return await self._open(means)
        except DatabaseError as error:
            if error.is_loss:
                raise failure("closed", self.url) from None
            raise

    async def listen(self, channel: str) -> Listener:
        """A new connection that hears what is notified on the channel from now on. Raises DatabaseError."""
        connection = await self.connect()
        listener = Listener(self, connection)
        try:
            with self.explained():
                await connection.add_listener(channel, listener.heard)
        except BaseException:
            connection.terminate()
            raise
        return listener

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Whatever goes wrong inside raises DatabaseError."""
        try:
            yield
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - drivers raise more than they say
            raise failure(_label(error), self.url, _said(error)) from None

    def _means(self) -> _Means:
        """Imports and reads files, so it blocks."""
        try:
            driver = importlib.import_module("asyncpg")
        except ImportError:
            raise failure("not_installed", self.url) from None
        try:
            password = self._password() if self._password else self.url.password
        except UnicodeError:  # its text quotes what was read
            raise failure("password", self.url, "not in UTF-8") from None
        except (OSError, ValueError) as error:
            raise failure("password", self.url, _said(error)) from None
        try:
            return _Means(driver, password, self._tls())
        except OSError as error:
            raise failure("trust", self.url, _said(error)) from None

    def _tls(self) -> tuple[ssl.SSLContext | None, ...]:
        mode, ca = self.url.sslmode, self.url.sslrootcert
        if self.url.is_local or mode == "disable":
            return (None,)
        if mode.startswith("verify") or (mode == "require" and ca):
            context = ssl.create_default_context(cafile=ca or None)
            context.check_hostname = mode == "verify-full"
            return (context,)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # as libpq has it: only who asks for verification gets it
        return (context,) if mode == "require" else (context, None)

    async def _open(self, means: _Means) -> Connection:
        connection: Connection
        for context in means.tls:
            try:
                connection = await self._dial(means, context)
                break
            except ConnectionError as error:
                if type(error) is not ConnectionError or context is means.tls[-1]:
                    raise
        else:
            raise AssertionError  # there is a last one, and it raises
        try:
            # A query that nobody waits for any more must not go on at the server.
            await connection.execute(f"SET statement_timeout = {COMMAND_TIMEOUT * 1000:.0f}")
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _dial(self, means: _Means, context: ssl.SSLContext | None) -> Connection:
        connection: Connection = await means.driver.connect(
            host=self.url.host,
            port=self.url.port,
            user=self.url.user,
            password=means.password,  # an empty one keeps the driver from looking for others
            database=self.url.database,
            ssl=context or False,
            direct_tls=False,
            target_session_attrs="any",
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings={"application_name": "cstagw"},
        )
        return connection


class Listener:
    """A connection that listens, and what was notified and not yet taken. `Database.listen` makes them."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.connection = connection
        self._database = database
        self._payloads: list[str] = []
        self._overflowed = False
        self._lost = False
        self._woken = asyncio.Event()
        connection.add_termination_listener(self._gone)

    def heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        """The driver has got a notification."""
        if len(self._payloads) < MAX_PAYLOADS:
            self._payloads.append(payload)
        else:
            self._overflowed = True
        self._woken.set()

    def take(self) -> tuple[list[str], bool]:
        """Every payload since the last time, and whether there were more than are kept."""
        taken = self._payloads, self._overflowed
        self._payloads, self._overflowed = [], False
        if not self._lost:
            self._woken.clear()
        return taken

    async def wait(self, longest: float = inf) -> None:
        """Come back when there is something to take, or after so many seconds; may be cancelled.

        Raises DatabaseError where the connection is lost or the server does not answer.
        """
        now = asyncio.get_running_loop().time
        end = now() + longest
        while not self._woken.is_set() and (left := end - now()) > 0:
            try:
                async with asyncio.timeout(min(PING_EVERY, left)):
                    await self._woken.wait()
            except TimeoutError:
                with self._database.explained():
                    async with asyncio.timeout(PING_TIMEOUT):
                        await self.connection.execute("SELECT 1")
        if self._lost:
            raise failure("lost", self._database.url)

    async def begin(self) -> None:
        """From here to the end of `read` everything is as it is at one moment. What was notified before that
        is forgotten, for it is in there. Raises DatabaseError.
        """
        with self._database.explained():
            await self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.take()  # the server delivers nothing more before the end of the transaction

    async def columns(self, query: str) -> list[str]:
        """The names of what a query gives, which is not run. Raises DatabaseError."""
        with self._database.explained():
            statement = await self.connection.prepare(query)
        return [column.name for column in statement.get_attributes()]

    async def read(self, query: str, most: int) -> list[Values]:
        """All rows of a query; ends what `begin` has begun. Raises DatabaseError, also where there are more
        than `most`.
        """
        rows: list[Values] = []
        with self._database.explained():
            async with asyncio.timeout(READ_TIMEOUT):
                cursor = await self.connection.cursor(query)
                while some := await cursor.fetch(BATCH):
                    rows.extend(some)
                    if len(rows) > most:
                        raise failure("too_many", self._database.url, f"more than {most:,}")
                await self.connection.execute("COMMIT")
        return rows

    async def close(self) -> None:
        """Raises nothing."""
        await hang_up(self.connection)

    def drop(self) -> None:
        """At once, where there is trouble with it."""
        self.connection.terminate()

    def _gone(self, _connection: object) -> None:
        self._lost = True
        self._woken.set()


async def hang_up(connection: Connection) -> None:
    """Close it in order where that can be done soon. Raises nothing."""
    try:
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await connection.close()
    finally:
        connection.terminate()


def _label(error: Exception) -> str:
    """The SQLSTATE, else the key of FAILURES for what the driver, the TLS library or the system raised."""
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state
    for kind, label in _KINDS:
        if isinstance(error, kind):
            return label
    if isinstance(error, OSError):
        # Where a name has several addresses, the numbers are in the text only.
        numbers = {error.errno, *(int(number) for number in _ERRNO.findall(str(error)))}
        if ECONNREFUSED in numbers:
            return "refused"
        if numbers & set(_UNREACHABLE):
            return "unreachable"
    return "other"


def _said(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    return said or str(error) or ("" if isinstance(error, TimeoutError) else type(error).__name__)
