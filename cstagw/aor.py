"""Addresses-of-record: how users are compared (RFC 3261 §10). Pure; knows neither lines nor directories."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

_FOREIGN = re.compile(r'[\s<>",]')
_SCHEMES = ("sip:", "sips:")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def user_key(uri: str) -> str:
    """A user as he is compared: `sip:Alice@Example.com;user=phone` is alice@example.com.

    Case does not matter in either part, as with Microsoft's SIP addresses; that of A to Z, because letters of
    other scripts that are spelt alike are other letters. A key is its own key. Raises ValueError.
    """
    text = uri.strip().translate(_LOWER)
    if not text:
        return ""
    scheme = next(filter(text.startswith, _SCHEMES), "")
    name, at, host = text.removeprefix(scheme).partition("@")
    # Parameters follow the host: before the @ a semicolon is part of the name (RFC 3261 §25.1).
    key = f"{name}@{_bare(host)}" if at else _bare(name)
    if not key or key.startswith(("@", *_SCHEMES)) or key.endswith("@") or _FOREIGN.search(key):
        raise ValueError(f"user {uri[:80]!r} is not a SIP address such as sip:alice@example.com")
    return key


def _bare(host: str) -> str:
    """Without parameters and headers."""
    return host.partition(";")[0].partition("?")[0]
