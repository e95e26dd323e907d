"""Host names, HOST:PORT and listening URLs as the configuration writes them.

Values only: nothing is resolved, bound or dialled here. The URLs of CTIManagers are parsed
by ctimgr_client, which owns them.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Literal, TypeGuard, get_args

Transport = Literal["tcp", "udp", "tls"]

_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_FOREIGN = re.compile(r"[^A-Za-z0-9.-]")


@dataclass(frozen=True, slots=True)
class HostPort:
    """A TCP address to listen on; port 0 means any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{bracketed(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class ListenUrl:
    """One SIP listener, written tcp://HOST:PORT, udp:// or tls://."""

    transport: Transport
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.transport}://{bracketed(self.host)}:{self.port}"


def bracketed(host: str) -> str:
    """An IPv6 address needs brackets in front of a port."""
    return f"[{host}]" if ":" in host else host


def check_host(host: str) -> str:
    """The host as given when it is an IP address or a host name (RFC 1123). Raises ValueError."""
    try:
        ip_address(host)
    except ValueError:
        _check_name(host)
    return host


def parse_host_port(text: str) -> HostPort:
    """HOST:PORT or [IPV6]:PORT. Raises ValueError with the reason."""
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise ValueError("the port is missing" if not colon else "the host is missing")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError(f'"{port}" is not a port')
    return HostPort(_unbracketed(host), int(port))


def parse_listen_url(text: str) -> ListenUrl:
    """SCHEME://HOST:PORT. Raises ValueError with the reason."""
    scheme, separator, address = text.partition("://")
    if not separator:
        raise ValueError("the scheme is missing")
    if not _is_transport(scheme):
        raise ValueError(f'the scheme "{scheme}" is not served')
    place = parse_host_port(address)
    return ListenUrl(scheme, place.host, place.port)


def _is_transport(scheme: str) -> TypeGuard[Transport]:
    return scheme in get_args(Transport)


def _unbracketed(host: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        return str(IPv6Address(host[1:-1]))
    if ":" in host:
        raise ValueError("an IPv6 address is written in brackets")
    return check_host(host)


def _check_name(host: str) -> None:
    foreign = _FOREIGN.search(host)
    if foreign:
        raise ValueError(
            f'"{foreign[0]}" in "{host}": a host name has only letters, digits, hyphens and dots; '
            "others, the underscore above all, break name resolution at some peers"
        )
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split(".")):
        raise ValueError(f'"{host}" is not a host name')
