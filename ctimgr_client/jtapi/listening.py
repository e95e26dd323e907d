"""Where a bridge listens: a Unix socket for the gateway beside it, TCP or TLS for one elsewhere.

Shell: sockets and files. A Unix socket is for its owner only, and so must be its folder. Over TCP and TLS
anybody may come, so a secret is demanded there unless only this host can.
"""

import asyncio
import os
import socket
import ssl
import stat
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ctimgr_client.jtapi.settings import BridgeSettings

TLS_HANDSHAKE_TIMEOUT = 5.0
BACKLOG = 64

_FORMS = "unix:/PATH, tcp://HOST:PORT or tls://HOST:PORT"


class CannotListen(Exception):
    """`str` is the cause; `cure` the next step."""

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__(cause)
        self.cure = cure


async def listen(settings: BridgeSettings, protocol: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    """Serve what `settings.listen` says. Raises CannotListen."""
    try:
        if settings.listen.startswith("unix:"):
            return await _unix(Path(settings.listen.removeprefix("unix:")), protocol)
        return await _tcp(settings, protocol)
    except OSError as error:
        raise CannotListen(
            f"{settings.listen}: {error.strerror or error}", "check the address, and whether it is taken"
        ) from None


def remove_socket(settings: BridgeSettings) -> None:
    """Take the socket file away."""
    if settings.listen.startswith("unix:"):
        Path(settings.listen.removeprefix("unix:")).unlink(missing_ok=True)


def is_local(host: str) -> bool:
    """Whether only this host can connect there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# -- Unix sockets ------------------------------------------------------------------------------------------


async def _unix(path: Path, protocol: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    if not path.is_absolute():
        raise CannotListen(f"unix:{path}: not an absolute path", "write unix:/PATH")
    _require_private(path.parent)
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)  # from the first moment on it is the owner's only
        try:
            sock.bind(str(path))
        finally:
            os.umask(before)
        return await asyncio.get_running_loop().create_unix_server(protocol, sock=sock, backlog=BACKLOG)
    except BaseException:
        sock.close()
        raise


def _require_private(folder: Path) -> None:
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise CannotListen(
            f"{folder}: not only its owner may enter it", f"chmod 700 {folder}, owned by the bridge's user"
        )


def _remove_stale(path: Path) -> None:
    """What a killed process left. A socket that somebody serves, and anything else, stays."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise CannotListen(f"{path}: is there, and is no socket", "give another path, or remove it")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise CannotListen(f"{path}: another process serves it", "end that one, or give another path")


# -- TCP and TLS -------------------------------------------------------------------------------------------


async def _tcp(settings: BridgeSettings, protocol: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    scheme, host, port = _parsed(settings.listen)
    if not settings.secret and not is_local(host):
        raise CannotListen(
            f"{settings.listen}: anybody who reaches it could control every phone",
            "give a secret with --secret-file, or listen on 127.0.0.1 or a Unix socket",
        )
    tls = _context(settings) if scheme == "tls" else None
    return await asyncio.get_running_loop().create_server(
        protocol,
        host,
        port,
        backlog=BACKLOG,
        ssl=tls,
        ssl_handshake_timeout=TLS_HANDSHAKE_TIMEOUT if tls is not None else None,
    )


def _parsed(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in ("tcp", "tls") or not host or port is None:
        raise CannotListen(f"{url!r} is no place to listen", f"write {_FORMS}")
    return scheme, host, port


def _context(settings: BridgeSettings) -> ssl.SSLContext:
    if not settings.certificate:
        raise CannotListen(f"{settings.listen}: TLS without a certificate", "give its PEM file and its key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate, settings.key or None, password=_no_passphrase)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise CannotListen(
            f"{settings.certificate}: {error}", "check both PEM files, and that the key has no passphrase"
        ) from None
    return context


def _no_passphrase() -> str:
    raise ValueError("the key is encrypted")
