"""Where a CTIManager is, and which of its connections is meant.

Values only: the configured address and the identity of one established link. Does not resolve names and does
not dial.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

DeviceFormat = Literal["full", "dn"]

_SCHEMES = ("csta", "cstas", "jtapi")
#: Where a CTIManager takes JTAPI applications, over TLS at the second: no port is written behind jtapi://.
JTAPI_PORT, JTAPI_SECURE_PORT = 2748, 2749
# Underscores are a known trouble of host names in CUCM set-ups: refused before anything is dialled.
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")


@dataclass(frozen=True, slots=True)
class CtiManagerAddress:
    """One configured CTIManager. `device_format` "dn": a foreign switch that knows plain numbers only.

    Scheme "jtapi" is a CUCM node; it is reached through a bridge, `port` is that of its CTIManager.
    """

    name: str
    host: str
    port: int
    scheme: str = "csta"
    device_format: DeviceFormat = "full"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"jtapi://{host}" if self.scheme == "jtapi" else f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LinkId:
    """One established link. A reconnected CTIManager is a new generation; the old one is dead for ever."""

    name: str
    generation: int


def parse_url(name: str, url: str, device_format: DeviceFormat = "full") -> CtiManagerAddress:
    """The address written as csta://HOST:PORT, cstas:// for TLS, jtapi://HOST for a CUCM node.

    Raises ValueError with what is allowed.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{url!r}: {error}") from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"{url!r}: the scheme must be csta://, cstas:// (TLS) or jtapi://")
    if "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r}: only a host and a port may follow {parts.scheme}://")
    if not parts.hostname:
        port = "" if parts.scheme == "jtapi" else ":PORT"
        raise ValueError(f"{url!r}: the host is missing, write {parts.scheme}://HOST{port}")
    if not _is_host(parts.hostname):
        raise ValueError(f"{url!r}: a host name has letters, digits, hyphens and dots only")
    return CtiManagerAddress(name, parts.hostname, _port(url, parts), parts.scheme, device_format)


def _port(url: str, parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme == "jtapi":
        if port is not None:
            raise ValueError(f"{url!r}: no port, JTAPI has one of its own; write jtapi://HOST")
        return JTAPI_PORT
    if port is None:
        raise ValueError(f"{url!r}: the port is missing, write {parts.scheme}://HOST:PORT")
    if port == 0:
        raise ValueError(f"{url!r}: the port must be a number in 1..65535")
    return port


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return _HOST_NAME.fullmatch(host) is not None
    return True
