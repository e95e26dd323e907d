"""Who asks for a session: the user of From, or of P-Asserted-Identity from peers that may assert one.

Pure (RFC 3261 §20.20, RFC 3325). From is what a client says of itself, and its front end has checked it; the
asserted identity is what a proxy answers for, so it counts from listed peers only, and nothing else counts
then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from sip import Request, uri_of

from .aor import user_key
from .errors import NotAuthorized

Network: TypeAlias = IPv4Network | IPv6Network
_SIP = (b"sip:", b"sips:")


@dataclass(frozen=True, slots=True)
class Caller:
    """`uri` as it was written, `key` as users are compared."""

    uri: str
    key: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Where to look; `peers` may assert an identity, without `asserted` they do not matter."""

    asserted: bool = False
    peers: tuple[Network, ...] = ()

    def caller(self, request: Request, source: str) -> Caller:
        """The user of a request from this address. Raises NotAuthorized."""
        if not self.asserted:
            return _caller(uri_of(request.get(b"from")), "From")
        if not _is_in(source, self.peers):
            raise NotAuthorized(f"{source} may not assert identities: it is not in [authorization] peers")
        values = [uri_of(value) for value in request.values(b"p-asserted-identity")]
        asserted = next((uri for uri in values if uri[:5].lower().startswith(_SIP)), None)
        if asserted is None:
            raise NotAuthorized(f"{source} sent no P-Asserted-Identity with a SIP address")
        return _caller(asserted, "P-Asserted-Identity")


#: The user of From, whoever sent it.
FROM = Identity()


def _caller(uri: bytes, header: str) -> Caller:
    text = uri.decode("utf-8", "replace")
    try:
        key = user_key(text)
    except ValueError as error:
        raise NotAuthorized(f"{header}: {error}") from None
    if not key:
        raise NotAuthorized(f"{header} names no user")
    return Caller(text, key)


def _is_in(source: str, networks: Iterable[Network]) -> bool:
    try:
        address = ip_address(source)
    except ValueError:
        return False
    # A listener on IPv6 sees IPv4 peers in this form; whoever lists them writes one or the other.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any(address in network or (mapped is not None and mapped in network) for network in networks)
