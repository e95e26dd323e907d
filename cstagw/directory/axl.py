"""Users and lines from CUCM's own database, asked over AXL, its SOAP interface for administration.

Shell: HTTPS, parts of results, patience. Knows no SQL and no XML; `axl_messages` has both, with what of this
is documented and what is only known. Nothing was tried with a live CUCM.

What is asked for: the lines of the phones that an end user may control ("Controlled Devices"), and the lines
of the Extension Mobility profile that he is logged in with, at the phone where he is. The phone's own lines
stay listed meanwhile: the CTIManager says that they are not there, and he is back at them without a load.
Profiles without a login are no devices. A user of neither is a row without a line as soon as he is active and
has an address. Left out: what an application user may control, and numbers that nobody can dial.

Documented (AXL Developer Guide): https://HOST:8443/axl/ with its last slash, basic authentication, one
request after the other on one connection, retries after several seconds. Retry-After is not mentioned there;
it is heeded. AXL's change notification is not used: it has to be fetched too, and nobody promises logins in
it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from errno import ECONNREFUSED
from functools import partial
from random import random
from ssl import SSLContext
from typing import TypeVar
from urllib.parse import quote

import aiohttp

from cstagw.config.axl_urls import UserColumn, check_name, is_user_column

from .axl_messages import (
    MAX_ANSWER,
    Busy,
    Fault,
    Query,
    Question,
    Record,
    TooLarge,
    Unreadable,
    ask_rows,
    ask_version,
    associated_lines,
    end_users,
    line_row,
    logged_in_lines,
    read_records,
    read_version,
    retry_after,
    served_versions,
    user_row,
)
from .entries import Row
from .source import SourceError

T = TypeVar("T")

#: Seconds between the attempts to have one question answered while CUCM throttles; jitter may halve each.
STEPS = (2.0, 4.0, 8.0, 16.0, 32.0)
#: A longer Retry-After ends the load.
LONGEST_PAUSE = 120.0
#: How often one result is begun anew because rows moved between two parts of it.
STARTS = 3
#: Rows of a part; a part begins with the last row of the one before.
SMALLEST_PAGE, LARGEST_PAGE = 2, 50_000
#: Bytes of an answer that is read for its status only.
MAX_REFUSAL = 65_536

#: Seconds; CUCM locks an account after a few wrong passwords in a row.
LOCK_OUT = 600.0
_ROLES = "give the application user the roles Standard AXL API Access and Standard CCM Admin Users in CUCM"
_REFUSALS = {
    400: (
        "refuses the request as malformed (400)",
        "name the host with letters, digits, hyphens and dots only: the Tomcat within CUCM takes no other",
    ),
    401: (
        "does not take this user with this password (401)",
        f"check [directory] source and password_file; {_ROLES}",
    ),
    403: ("knows this user, but lets him not use AXL (403)", _ROLES),
    404: (
        "has no AXL (404)",
        "activate the Cisco AXL Web Service on this node (Cisco Unified Serviceability), or name another",
    ),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one request and for a load, and rows of a load."""

    request: float = 30.0
    load: float = 600.0
    rows: int = 1_000_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Peer:
    """CUCM as one load is given it."""

    name: str
    url: str
    page: int
    limits: Limits
    pause: Callable[[float], Awaitable[object]]
    chance: Callable[[], float]


class AxlDirectory:
    """The source of one CUCM cluster; `host` is best its publisher.

    `password` is called for each load, in a thread; what it raises as OSError or ValueError is reported.
    `domain` completes addresses where `user_column` is userid. `refresh` is in seconds; `page` is how many
    rows are asked for at once. `pause` and `chance` (0 to 1) are time and luck. Raises ValueError.
    """

    kind = "axl"

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: Callable[[], str],
        *,
        user_column: UserColumn,
        domain: str,
        refresh: float,
        ssl: SSLContext,
        page: int = 1000,
        limits: Limits = LIMITS,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random,
    ) -> None:
        check_name(host)
        if not is_user_column(user_column):
            raise ValueError(f"{user_column!r} is not a column that users can be named by")
        if not SMALLEST_PAGE <= page <= LARGEST_PAGE:
            raise ValueError(f"a page has from {SMALLEST_PAGE} to {LARGEST_PAGE} rows")
        self.name = f"axl://{quote(user)}@{host}:{port}"
        self._peer = _Peer(self.name, f"https://{host}:{port}/axl/", page, limits, pause, chance)
        self._user = user
        self._password = password
        self._column: UserColumn = user_column
        self._domain = domain if user_column == "userid" else ""
        self._refresh = refresh
        self._ssl = ssl

    async def load(self) -> Sequence[Row]:
        """Every line appearance, those of logged-in users first. Raises SourceError."""
        limit = self._peer.limits.load
        try:
            async with asyncio.timeout(limit), await self._session() as session:
                return await self._rows(_Load(self._peer, session))
        except TimeoutError:
            text = f"{self.name}: not everything was read within {limit:g} s"
            raise SourceError(text, "see what else uses AXL at this hour, or how busy the node is") from None
        except Fault as fault:
            text = f"{self.name}: CUCM gives no rows: {fault}"
            raise SourceError(text, "see the trace of the Cisco AXL Web Service for the cause") from None

    async def changed(self) -> None:
        """Come back after `refresh` seconds."""
        await self._peer.pause(self._refresh)

    async def close(self) -> None:
        """Nothing is held between two loads."""

    async def _session(self) -> aiohttp.ClientSession:
        try:
            password = await asyncio.to_thread(self._password)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
            text = f"{self.name}: the password cannot be read: {reason}"
            raise SourceError(
                text, "check [directory] password_file, and that the gateway's user may read it"
            ) from None
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._ssl, limit=1),
            headers={
                "Accept": "text/xml",
                "Accept-Encoding": "identity",
                "Authorization": aiohttp.encode_basic_auth(self._user, password, "utf-8"),
                "Content-Type": "text/xml; charset=utf-8",
            },
            # Packed answers would pass the bound on their size.
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._peer.limits.request),
        )

    async def _rows(self, load: _Load) -> list[Row]:
        await load.agree()
        lines: dict[tuple[str, str, str, str], Row] = {}
        for query in (logged_in_lines(self._column), associated_lines(self._column)):
            for row in await load.all(query, partial(line_row, domain=self._domain)):
                lines.setdefault((row.user.casefold(), row.dn, row.partition, row.device), row)
        if not lines:
            text = f"{self.name}: no active end user has a line: nobody could use one"
            cure = (
                f"give end users Controlled Devices in CUCM, and see that their {self._column} is filled in"
            )
            raise SourceError(text, cure)
        users = {user for user, *_ in lines}
        everybody = await load.all(end_users(self._column), partial(user_row, domain=self._domain))
        return [*lines.values(), *(row for row in everybody if row.user.casefold() not in users)]


class _Moved(Exception):
    """A part does not begin where the one before it ended."""


class _Load:
    """One load: one connection, one schema version, and parts that only get smaller."""

    def __init__(self, peer: _Peer, session: aiohttp.ClientSession) -> None:
        self._peer = peer
        self._session = session
        self._version = ""
        self._page = peer.page
        self._taken = 0

    async def agree(self) -> None:
        """Take CUCM's own schema version. Raises SourceError, Fault."""
        self._version = await self._served(ask_version(), read_version)

    async def all(self, query: Query, make: Callable[[Record], Row | None]) -> list[Row]:
        """What is made of every row of a result, None left out. Raises SourceError, Fault."""
        for _ in range(STARTS):
            try:
                return await self._once(query, make)
            except _Moved:
                pass
        text = f"{self._peer.name}: rows came or went while they were read, {STARTS} times over"
        raise SourceError(text, "wait for the end of bulk work in CUCM; it is tried again by itself")

    async def _once(self, query: Query, make: Callable[[Record], Row | None]) -> list[Row]:
        rows: list[Row] = []
        seen = 0
        last: Record | None = None
        while True:
            records, full = await self._part(query, seen - 1 if last else 0)
            if last is not None:
                if records[:1] != [last]:
                    raise _Moved
                del records[0]
            rows += [row for row in map(make, records) if row is not None]
            seen += len(records)
            if self._taken + seen > self._peer.limits.rows:
                text = f"{self._peer.name}: more than {self._peer.limits.rows:,} rows"
                raise SourceError(text, "this directory is larger than one gateway takes: use another source")
            if not full:
                self._taken += seen
                return rows
            last = records[-1]

    async def _part(self, query: Query, skip: int) -> tuple[list[Record], bool]:
        """Rows from `skip` on, and whether there may be more."""
        while True:
            first = self._page
            read = partial(read_records, columns=query.columns, most=first)
            try:
                records = await self._served(ask_rows(self._version, query.part(skip, first)), read)
            except TooLarge as large:
                if first == SMALLEST_PAGE:
                    raise
                self._page = _smaller(first, large.suggested)
            else:
                return records, len(records) == first

    async def _served(self, question: Question, read: Callable[[bytes], T]) -> T:
        """Ask until CUCM has time for it, within bounds."""
        steps = iter(STEPS)
        while True:
            try:
                return await self._asked(question, read)
            except Busy as busy:
                wanted = busy.retry_after or 0.0
            step = next(steps, None)
            if step is None or wanted > LONGEST_PAUSE:
                when = f", and wants to be asked in {wanted:.0f} s" if wanted > LONGEST_PAUSE else ""
                text = f"{self._peer.name}: CUCM throttles AXL (503){when}"
                cure = "see what else uses AXL or changes CUCM at this hour; it is tried again by itself"
                raise SourceError(text, cure)
            await self._peer.pause(max(step * (1 + self._peer.chance()) / 2, wanted))

    async def _asked(self, question: Question, read: Callable[[bytes], T]) -> T:
        action = {} if question.action is None else {"SOAPAction": question.action}
        try:
            async with self._session.post(
                self._peer.url, data=question.body, headers=action, allow_redirects=False
            ) as response:
                return await self._read(response, read)
        except (aiohttp.ClientError, OSError) as error:
            raise _unreachable(error, self._peer) from None

    async def _read(self, response: aiohttp.ClientResponse, read: Callable[[bytes], T]) -> T:
        status = response.status
        if status == 503:
            headers = response.headers
            raise Busy(retry_after(headers.get("Retry-After", ""), headers.get("Date", "")))
        answers = status in (200, 500)
        body = await _body(response, MAX_ANSWER if answers else MAX_REFUSAL)
        if not answers:
            raise _refused(status, body, self._peer.name, self._version)
        if len(body) > MAX_ANSWER:
            raise TooLarge(f"an answer of more than {MAX_ANSWER:,} bytes")
        try:
            return await asyncio.to_thread(read, body)
        except Unreadable as error:
            text = f"{self._peer.name}: the answer ({status}) is not one of AXL: {error}"
            cure = "check that host and port are those of CUCM, and that no proxy answers in its place"
            raise SourceError(text, cure) from None


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """What was sent; of more than `most` bytes the beginning, longer than `most`."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(MAX_REFUSAL):
        body += chunk
        if len(body) > most:
            response.close()
            break
    return bytes(body)


def _smaller(page: int, suggested: int) -> int:
    """Rows to ask for after so many were too large; CUCM suggests fewer than `suggested`."""
    if SMALLEST_PAGE < suggested <= page:
        return suggested - 1
    return max(page // 2, SMALLEST_PAGE)


def _refused(status: int, body: bytes, name: str, version: str) -> SourceError:
    if status == 599:
        served = served_versions(body)
        other = f"; it serves {served}" if served else ""
        text = f"{name}: CUCM does not serve AXL {version or 'of any version'} (599){other}"
        return SourceError(text, "name a node whose release and AXL service belong together")
    text, cure = _REFUSALS.get(
        status, (f"answers {status}", "check that host and port are those of CUCM, and the state of the node")
    )
    return SourceError(f"{name}: CUCM {text}", cure, rest=LOCK_OUT if status == 401 else 0.0)


def _unreachable(error: Exception, peer: _Peer) -> SourceError:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", "") or "it cannot be verified"
            text = f"the certificate is not trusted: {reason}"
            cure = (
                "put the tomcat certificate of this node or its issuer's (Cisco Unified OS Administration, "
                "Certificate Management) into [directory] ca, and name the host as it does"
            )
        case aiohttp.ClientConnectorDNSError():
            text, cure = (
                "the host cannot be resolved",
                "check the host in [directory] source, and the name service",
            )
        case TimeoutError():
            text = f"no answer within {peer.limits.request:g} s"
            cure = "check the way to the node, firewalls above all, and how busy it is"
        case aiohttp.ClientConnectorError() if error.os_error.errno == ECONNREFUSED:
            text = "the connection is refused"
            cure = "check the port in [directory] source (8443), and that Cisco Tomcat runs on the node"
        case aiohttp.ClientConnectorError():
            reason = error.os_error.strerror or type(error.os_error).__name__
            text, cure = f"no connection: {reason}", "check host and port, and the way to the node"
        case _:
            text = f"the connection was lost, or does not speak HTTP ({type(error).__name__})"
            cure = "see whether the node is restarting; it is tried again by itself"
    return SourceError(f"{peer.name}: {text}", cure)
