"""A server that behaves as AXL is documented, with the tables of CUCM that are asked for behind it.

The SQL runs, in SQLite: joins, conditions and order are real, only SKIP and FIRST are written as LIMIT and
OFFSET. Knows nothing of the client that it tests.
"""

from __future__ import annotations

import base64
import re
import sqlite3
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
AXL = "http://www.cisco.com/AXL/API/"
MEGABYTES_8 = 8 * 1024 * 1024
CROWDED = "Maximum AXL Memory Allocation Consumed. Please retry once requests in progress have completed"

_SCHEMA = """
CREATE TABLE enduser (pkid TEXT PRIMARY KEY, userid TEXT, mailid TEXT, directoryuri TEXT, status INTEGER);
CREATE TABLE device (pkid TEXT PRIMARY KEY, name TEXT, tkclass INTEGER, tkmodel INTEGER);
CREATE TABLE typemodel (enum INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE routepartition (pkid TEXT PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE numplan (pkid TEXT PRIMARY KEY, dnorpattern TEXT, fkroutepartition TEXT);
CREATE TABLE devicenumplanmap (pkid TEXT PRIMARY KEY, fkdevice TEXT, fknumplan TEXT, numplanindex INTEGER);
CREATE TABLE enduserdevicemap
    (pkid TEXT PRIMARY KEY, fkenduser TEXT, fkdevice TEXT, tkuserassociation INTEGER);
CREATE TABLE extensionmobilitydynamic
    (pkid TEXT PRIMARY KEY, fkdevice TEXT, fkdevice_currentloginprofile TEXT, fkenduser TEXT);
"""
_SELECT = re.compile(r"SELECT (?:SKIP (\d+) )?FIRST (\d+) (.+ FROM .+ ORDER BY .+)", re.DOTALL)

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Cluster:
    """What an administrator of CUCM has entered. Keys are counted up, in the form that CUCM gives them."""

    def __init__(self) -> None:
        self.sql = sqlite3.connect(":memory:")
        self.sql.executescript(_SCHEMA)
        self._keys = 0

    def user(self, userid: str, mailid: str | None = None, uri: str | None = None, status: int = 1) -> str:
        return self._add("enduser", userid, mailid, uri, status)

    def phone(self, name: str, model: str = "Cisco 7841") -> str:
        return self._device(name, model, 1)

    def profile(self, name: str, model: str = "Cisco 7841") -> str:
        """A device profile of Extension Mobility."""
        return self._device(name, model, 254)

    def line(self, device: str, dn: str, partition: str | None = None, index: int = 1) -> None:
        key = None if partition is None else self._partition(partition)
        self._add("devicenumplanmap", device, self._add("numplan", dn, key), index)

    def associate(self, user: str, device: str, kind: int = 1) -> None:
        """Put a device among the user's; 1 is Controlled Devices, 5 Controlled Profiles."""
        self._add("enduserdevicemap", user, device, kind)

    def login(self, user: str | None, phone: str, profile: str | None) -> None:
        """Log a user in at a phone; None and None: there was a login once."""
        self._add("extensionmobilitydynamic", phone, profile, user)

    def _device(self, name: str, model: str, tkclass: int) -> str:
        insert = "INSERT INTO typemodel (name) SELECT ?1 WHERE ?1 NOT IN (SELECT name FROM typemodel)"
        self.sql.execute(insert, (model,))
        (enum,) = self.sql.execute("SELECT enum FROM typemodel WHERE name = ?", (model,)).fetchone()
        return self._add("device", name, tkclass, enum)

    def _partition(self, name: str) -> str:
        found = self.sql.execute("SELECT pkid FROM routepartition WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else self._add("routepartition", name)

    def _add(self, table: str, *values: object) -> str:
        self._keys += 1
        key = f"{self._keys * 2654435761 % 2**32:08x}-0000-0000-0000-{self._keys:012x}"
        marks = ", ".join("?" * (len(values) + 1))
        self.sql.execute(f"INSERT INTO {table} VALUES ({marks})", (key, *values))  # noqa: S608 - our own tables
        return key


@dataclass
class AxlServer:
    """`busy` requests to come get 503 with these headers; `per_interval` are served until `interval` goes up.

    `replies` stand in for the answers to these queries, counted from 1; `before` is called with that number
    before each is run. `limit` is the size in bytes that an answer may have, `crowded` requests to come find
    too much in progress. `suggested` takes the place of what an answer's size suggests; `suggestions` are
    those made, `asked` is every SELECT, `versions` the schema version of every request.
    """

    cluster: Cluster
    release: str = "12.5.1.11900-146"
    served: tuple[str, ...] = ("10.5", "11.0", "11.5", "12.0", "12.5")
    users: dict[str, str] = field(default_factory=lambda: {"axl": "secret"})
    without_role: frozenset[str] = frozenset()
    limit: int = MEGABYTES_8
    suggested: int | None = None
    busy: int = 0
    busy_headers: dict[str, str] = field(default_factory=dict)
    crowded: int = 0
    per_interval: int | None = None
    interval: int = 0
    replies: dict[int, Reply] = field(default_factory=dict)
    before: Callable[[int], None] = lambda number: None
    suggestions: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._served: dict[int, int] = {}

    async def start(self, certificate: Path | None) -> Self:
        """Listen on a free port of the loopback, in plain without a certificate."""
        app = web.Application()
        app.router.add_post("/axl/", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        context = None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self._throttled():
            return web.Response(status=503, headers=self.busy_headers, text="Service Unavailable")
        refused = self._refused(request)
        if refused is not None:
            return refused
        envelope = etree.fromstring(await request.read())
        operation = envelope[1][0]
        version, _, name = str(operation.tag).removeprefix(f"{{{AXL}").partition("}")
        self.versions.append(version)
        named = request.headers.get("SOAPAction")
        if named is None and version == "1.0":
            version = self.served[0]
        elif named != f'"CUCM:DB ver={version} {name}"' or version not in self.served:
            return self._wrong_version()
        if name == "getCCMVersion":
            return self._release(version)
        assert name == "executeSQLQuery"
        self.asked.append(operation.findtext("sql") or "")
        reply = self.replies.get(len(self.asked))
        return await reply(request) if reply else self._query(version, self.asked[-1])

    def _throttled(self) -> bool:
        if self.busy:
            self.busy -= 1
            return True
        self._served[self.interval] = self._served.get(self.interval, 0) + 1
        return self.per_interval is not None and self._served[self.interval] > self.per_interval

    def _refused(self, request: web.Request) -> web.Response | None:
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(credentials).decode().partition(":")
        if kind != "Basic" or self.users.get(user) != password:
            challenge = {"WWW-Authenticate": 'Basic realm="Cisco AXL API"'}
            return web.Response(status=401, headers=challenge, text="<html>401</html>")
        if user in self.without_role:
            return web.Response(status=403, text="<html>403</html>")
        if request.content_type != "text/xml":
            return web.Response(status=415)
        return None

    def _wrong_version(self) -> web.Response:
        message = f"Incorrect axl version. Supported axl versions are {' and '.join(self.served)}"
        page = f"<!-- custom Cisco error page --><html><body>HTTP Status 599 - {message}</body></html>"
        return web.Response(status=599, text=page, content_type="text/html")

    def _release(self, version: str) -> web.Response:
        release = f"<componentVersion><version>{self.release}</version></componentVersion>"
        return answer("getCCMVersion", version, release)

    def _query(self, version: str, sql: str) -> web.Response:
        self.before(len(self.asked))
        if self.crowded:
            self.crowded -= 1
            return fault(CROWDED)
        asked = _SELECT.fullmatch(sql)
        if asked is None:
            return fault("A syntax error has occurred.")
        try:
            found = self.cluster.sql.execute(f"SELECT {asked[3]} LIMIT {asked[2]} OFFSET {asked[1] or 0}")
        except sqlite3.Error as error:
            return fault(f"The query does not fit the tables ({error}).")
        rows = written(found)
        response = answer("executeSQLQuery", version, "".join(rows))
        size = len(response.body) if isinstance(response.body, bytes) else 0
        if size <= self.limit:
            return response
        suggested = self.suggested or len(rows) * self.limit // size
        self.suggestions.append(suggested)
        return fault(
            f"Query request too large. Total rows matched: {len(rows)} rows. "
            f"Suggestive Row Fetch: less than {suggested} rows"
        )


def written(found: sqlite3.Cursor) -> list[str]:
    """Rows as executeSQLQuery writes them: a label for each column, NULL as an empty element."""
    labels = [column[0] for column in found.description]
    return [
        "<row>" + "".join(_column(label, value) for label, value in zip(labels, row, strict=True)) + "</row>"
        for row in found
    ]


def _column(label: str, value: object) -> str:
    return f"<{label}/>" if value is None else f"<{label}>{escape(str(value))}</{label}>"


def answer(operation: str, version: str, content: str, *, whole: bool = True) -> web.Response:
    """The SOAP of an answer; one that is not whole lacks its <return>."""
    result = f"<return>{content}</return>" if whole else content
    return _soap(200, f'<ns:{operation}Response xmlns:ns="{AXL}{version}">{result}</ns:{operation}Response>')


def fault(text: str) -> web.Response:
    detail = (
        f"<detail><axlError><axlcode>-1</axlcode><axlmessage>{escape(text)}</axlmessage></axlError></detail>"
    )
    return _soap(
        500,
        f"<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{escape(text)}</faultstring>"
        f"{detail}</soapenv:Fault>",
    )


def _soap(status: int, content: str) -> web.Response:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
    return web.Response(status=status, body=body.encode(), content_type="text/xml", charset="utf-8")
