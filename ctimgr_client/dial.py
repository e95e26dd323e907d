"""Dial one CTIManager, and say in the table's words why it failed.

Shell: names, sockets and their options (keepalive 30/10/3 s, TCP_USER_TIMEOUT 20 s, so that a vanished host
is found even while nothing is sent; the mark of IP packets, RFC 2474). Knows nothing of what is spoken
afterwards.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from errno import EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH
from pathlib import Path

from ctimgr_client.address import CtiManagerAddress

TLS_HANDSHAKE_TIMEOUT = 5.0

_UNREACHABLE = (EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN)
_REASONS: tuple[tuple[type[Exception], str], ...] = (  # the first that fits; all but one are kinds of OSError
    (socket.gaierror, "not_resolvable"),
    (UnicodeError, "not_resolvable"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (ConnectionAbortedError, "reset"),
    (TimeoutError, "timed_out"),
)
_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 30),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 20_000),
)


async def dial(
    address: CtiManagerAddress,
    protocol: Callable[[], asyncio.Protocol],
    *,
    connect_timeout: float,
    tls: ssl.SSLContext | None = None,
    tos: int = 0,
) -> None:
    """Connect the protocol to the address; `tos` marks every packet, the first included.

    Raises OSError (or UnicodeError for an impossible host name).
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(connect_timeout):
        sock = await _connected_socket(address, tos)
    if tls is None:
        await loop.create_connection(protocol, sock=sock)
        return
    try:
        await loop.create_connection(
            protocol,
            sock=sock,
            ssl=tls,
            server_hostname=address.host,
            ssl_handshake_timeout=TLS_HANDSHAKE_TIMEOUT,
        )
    except ConnectionError as error:
        # TCP stood: whoever drops the connection now, or says nothing, does not speak TLS with us.
        raise ssl.SSLError(str(error) or "dropped") from error


async def dial_local(path: Path, protocol: Callable[[], asyncio.Protocol], *, connect_timeout: float) -> None:
    """Connect the protocol to the Unix socket of a bridge. Raises OSError."""
    async with asyncio.timeout(connect_timeout):
        await asyncio.get_running_loop().create_unix_connection(protocol, str(path))


def reason_of(error: Exception) -> str:
    """The label of FAILURES for an error of the operating system."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return "unreachable" if isinstance(error, OSError) and error.errno in _UNREACHABLE else "other"


async def _connected_socket(address: CtiManagerAddress, tos: int) -> socket.socket:
    """The addresses of the host in turn. create_connection does so too, but may hide the reason."""
    loop = asyncio.get_running_loop()
    failure: OSError = socket.gaierror(f"no address for {address.host}")
    for family, kind, proto, _, sockaddr in await loop.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM
    ):
        sock = socket.socket(family, kind, proto)
        try:
            sock.setblocking(False)
            _set_options(sock, tos)
            await loop.sock_connect(sock, sockaddr)
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


def _set_options(sock: socket.socket, tos: int) -> None:
    for level, name, value in _OPTIONS:
        option = getattr(socket, name, None)  # some exist on Linux only
        if option is not None:
            sock.setsockopt(level, option, value)
    if tos:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        if sock.family is socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)
