"""The TLS certificates of the moment: read again at a reload, in force from the next handshake on.

Reads files; what is in them is the matter of `tls`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sip import TlsContexts

from .config import Tls
from .tls import contexts


@dataclass(frozen=True, slots=True)
class Read:
    """What the files gave; `digest` tells other contents from the same."""

    contexts: TlsContexts | None
    digest: bytes


def read(tls: Tls) -> Read:
    """Raises ConfigError."""
    made = contexts(tls)
    digest = hashlib.sha256()
    for file in (tls.certificate, tls.key, tls.ca):
        digest.update(file.read_bytes() if made is not None and file is not None else b"")
        digest.update(b"\0")
    return Read(made, digest.digest())


class Certificates:
    """Raises ConfigError where the first ones cannot be used.

    What we call ourselves on TLS is in the first one.
    """

    def __init__(self, tls: Tls) -> None:
        self._read = read(tls)
        self._name = _name(self._read)

    @property
    def renamed(self) -> bool:
        """Whether the present one is for another name than we use."""
        return _name(self._read) != self._name

    def contexts(self) -> TlsContexts | None:
        """For the SIP endpoint: it asks at every handshake."""
        first = self._read.contexts
        if first is None:
            return None
        return TlsContexts(
            lambda: (self._read.contexts or first).server(),  # noqa: PLW0108 - those of that moment
            lambda: (self._read.contexts or first).client(),  # noqa: PLW0108
            self._name,
        )

    def replace(self, other: Read) -> bool:
        """These are in force from now on; whether they are others. Without TLS from the start there is
        nothing to replace.
        """
        if self._read.contexts is None or other.contexts is None or other.digest == self._read.digest:
            return False
        self._read = other
        return True


def _name(one: Read) -> str:
    return one.contexts.name if one.contexts else ""
