"""PostgreSQL URLs as the configuration writes them.

Values only: nothing is resolved or dialled here. An URL may hold a password, so no error of this module
quotes what it was given: where signs of a password are not encoded, any piece of the URL may be one of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Literal, TypeGuard, get_args
from urllib.parse import SplitResult, quote, unquote, urlsplit

from cstagw.config.addresses import bracketed

#: How TLS is used, in the words of libpq, which also knows "allow".
SslMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]

DEFAULT_PORT = 5432
#: What may stand behind the question mark.
PARAMETERS = ("host", "sslmode", "sslrootcert")

_SCHEMES = ("postgresql", "postgres")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}\Z")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """One PostgreSQL database and who comes to it.

    `host` is a name, an IP address, or the absolute path of the folder of a Unix socket. `password` is empty
    where the URL has none. `sslrootcert` names the PEM file of the CAs that the server is verified by, empty
    for those of the system.
    """

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    database: str
    sslmode: SslMode = "prefer"
    sslrootcert: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is reached over a Unix socket, where there is no TLS."""
        return self.host.startswith("/")

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.is_local:
            return f"{self.host.rstrip('/')}/.s.PGSQL.{self.port}"
        return f"port {self.port} of {self.host}"

    def __str__(self) -> str:
        """Fit for everybody's eyes: no password, no parameters."""
        port = f":{self.port}" if self.port != DEFAULT_PORT else ""
        host = quote(self.host, safe="") if self.is_local else bracketed(self.host)
        return f"postgresql://{quote(self.user, safe='')}@{host}{port}/{quote(self.database, safe='')}"


def masked(url: str) -> str:
    """An URL without password and parameters; one that cannot be read is not shown at all."""
    try:
        return str(parse_database_url(url))
    except ValueError:
        return "postgresql://..."


def parse_database_url(text: str) -> DatabaseUrl:
    """postgresql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?sslmode=MODE&sslrootcert=FILE].

    A Unix socket is written postgresql://USER@/DATABASE?host=/FOLDER, or with the folder percent-encoded as
    HOST. Raises ValueError with the reason.
    """
    parts = _split(text)
    credentials, at, address = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    if not at or not user:
        raise ValueError("the user is missing: postgresql://USER@HOST/DATABASE")
    database = parts.path.removeprefix("/")
    if not database:
        raise ValueError("the database is missing: postgresql://USER@HOST/DATABASE")
    if "/" in database:
        raise ValueError("the name of the database has a slash; one that is meant is written %2F")
    given = _parameters(parts.query)
    host, port = _address(address, given.get("host", ""))
    sslmode = given.get("sslmode", "prefer")
    if not _is_mode(sslmode):
        raise ValueError(f"sslmode is none of {', '.join(get_args(SslMode))}")
    found = DatabaseUrl(
        unquote(user), unquote(password), host, port, unquote(database), sslmode, given.get("sslrootcert", "")
    )
    if any("\0" in part for part in (found.user, found.password, found.database, found.sslrootcert)):
        raise ValueError("a zero byte (%00) is in it")
    return found


def _split(text: str) -> SplitResult:
    if not text.isprintable():
        raise ValueError("a sign that cannot be printed is in it")
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise ValueError("the scheme is missing")
    if scheme not in _SCHEMES:
        raise ValueError("the scheme is not postgresql")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest[len(authority) :] or "#" in rest or _BAD_PERCENT.search(rest):
        raise ValueError(
            "a sign is not encoded: in user and password, % is written %25, @ %40, / %2F, ? %3F, # %23, : %3A"
        )
    try:
        return urlsplit(text)
    except ValueError:  # its text quotes the address
        raise ValueError("the host is not readable; an IPv6 address is written in brackets") from None


def _parameters(query: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    given = {name: unquote(value) for name, _, value in pairs}
    if len(given) < len(pairs):
        raise ValueError("a parameter is given twice")
    if not given.keys() <= set(PARAMETERS):
        raise ValueError(f"a parameter is none of {', '.join(PARAMETERS)}")
    return given


def _address(text: str, folder: str) -> tuple[str, int]:
    """HOST[:PORT]; where a folder is given, HOST is empty."""
    host, port = text, ""
    if not text.endswith("]"):
        before, colon, after = text.rpartition(":")
        host, port = (before, after) if colon else (text, "")
    if port and not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise ValueError("the port is not a number from 1 to 65535")
    if folder and host:
        raise ValueError("the host is given twice, before the database and as a parameter")
    return _host(folder or unquote(host), is_folder=bool(folder)), int(port or DEFAULT_PORT)


def _host(host: str, *, is_folder: bool) -> str:
    if not host:
        raise ValueError("the host is missing; a Unix socket is written ?host=/FOLDER")
    if host.startswith("/") and "\0" not in host:
        return host
    if is_folder:
        raise ValueError("the parameter host is the absolute path of the folder of a Unix socket")
    if host.startswith("[") and host.endswith("]"):
        try:
            return str(IPv6Address(host[1:-1]))
        except ValueError:  # its text quotes the address
            raise ValueError("what stands in brackets is not an IPv6 address") from None
    if _HOST.match(host) is None:
        raise ValueError("the host is neither one host name nor one IP address")
    return host


def _is_mode(text: str) -> TypeGuard[SslMode]:
    return text in get_args(SslMode)
