"""TLS between a stream and its messages, as bytes in and bytes out (RFC 3261 §26.2.1).

No socket and no event loop here: a connection is under its limits before the handshake costs anything, and
any event loop will do. Which certificates there are is the application's matter.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_READ = 256 * 1024


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """The contexts of the moment, asked for at every handshake, so that certificates can change.

    `name` is the host name in our certificate.
    """

    server: Callable[[], ssl.SSLContext]
    client: Callable[[], ssl.SSLContext]
    name: str = ""


class TlsChannel:
    """The server's end of a connection; `agreed` once hands are shaken, `ended` once the peer has said so."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._end = context.wrap_bio(self._received, self._to_send, server_side=True)
        self.agreed = False
        self.ended = False

    def receive(self, data: bytes) -> bytes:
        """Take bytes of the stream, give back those of messages. Raises ssl.SSLError, `outgoing` says why."""
        self._received.write(data)
        pieces: list[bytes] = []
        try:
            if not self.agreed:
                self._end.do_handshake()
                self.agreed = True
            while not self.ended:
                pieces.append(self._end.read(_READ))
                self.ended = not pieces[-1]
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        return b"".join(pieces)

    def send(self, data: bytes) -> bytes:
        """The bytes of the stream that carry these of messages."""
        self._end.write(data)
        return self._to_send.read()

    def outgoing(self) -> bytes:
        """What the protocol itself has to say: handshakes, alerts."""
        return self._to_send.read()

    def close(self) -> bytes:
        """The bytes that tell the peer that nothing more will come."""
        with suppress(ssl.SSLError):  # the peer has not said so too, or the handshake was not done
            self._end.unwrap()
        return self._to_send.read()
