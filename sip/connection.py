"""One SIP stream connection: reads frames, writes what its flow has gathered, holds its own limits (RFC 3261
§18).

Shell. Knows one socket and its owner, the endpoint; what a message means is not its matter.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from typing import Protocol, cast

from .flow import Flow, Transport
from .framer import Frame, Framer, Ping
from .limits import Counters, TransportLimits
from .tls import TlsChannel

#: How many messages of one connection are served before others get a turn.
_BATCH = 100
#: Seconds: silence before the kernel asks whether the peer is there, pause between questions, questions, and
#: how long what we sent may stay without acknowledgement.
_KEEPALIVE = (60, 10, 3)
_UNACKNOWLEDGED = 30

Address = tuple[str, int]


class Carrier(Protocol):
    """What writes the messages of flows."""

    def write(self, flow: Flow) -> None:
        """Write what the flow has gathered."""


class Owner(Protocol):
    """What a connection needs of the endpoint."""

    limits: TransportLimits
    counters: Counters
    tos: int

    @property
    def now(self) -> float:
        """The endpoint's clock."""

    def local_address(self, kind: Transport, own: Address) -> Address:
        """What a flow says of itself whose own end of the socket is this."""

    def carry(self, flow: Flow, carrier: Carrier) -> None:
        """This carrier writes what the flow gathers."""

    def dropped(self, flow: Flow) -> None:
        """The flow is carried no more."""

    def channel(self) -> TlsChannel:
        """A TLS server's end for a connection that a listener took."""

    def admit(self, connection: Connection) -> bool:
        """Count a connection in, or say that a limit is reached."""

    def serve(self, flow: Flow, frame: Frame | Ping) -> None:
        """Take one frame."""

    def flush(self) -> None:
        """Write what has gathered on every flow."""

    def lost(self, connection: Connection) -> None:
        """The connection is gone."""


class Connection(asyncio.Protocol):
    """`flow` is given where it was dialled for the agent; `accepted` where a listener took the connection."""

    def __init__(
        self, owner: Owner, kind: Transport, *, flow: Flow | None = None, accepted: bool = False
    ) -> None:
        self.flow = flow or Flow(kind, ("", 0), ("", 0))
        self.accepted = accepted
        self._tls: TlsChannel | None = None
        self.dialled = flow is not None
        self._kind = kind
        self._owner = owner
        self._framer = Framer(owner.limits.framing)
        self._pending: deque[Frame | Ping] = deque()
        self._paused = False
        self._closing = False
        self._in_body = False
        self._used = False
        self._opened = self._ready = self._last_use = owner.now
        self._first_message = False
        self._message_since = 0.0
        self._blocked_since = 0.0
        self._closing_since = 0.0

    # --- the event loop calls -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream protocol gets a stream transport, but other loops than asyncio's have classes of their own.
        self._transport = stream = cast(asyncio.Transport, transport)
        own, peer = stream.get_extra_info("sockname"), stream.get_extra_info("peername")
        if own is None or peer is None:  # reset before it was looked at
            self.abort()
            return
        if self.dialled:
            self.flow.connected(peer[:2])
        else:
            self.flow = Flow(self._kind, self._owner.local_address(self._kind, own[:2]), peer[:2])
        if not self._owner.admit(self):
            self.abort()
            return
        connected = stream.get_extra_info("socket")
        mark(connected, self._owner.tos)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._owner.limits.send_buffer)
        _watch_peer(connected)
        if self._kind is Transport.TLS and self.accepted:
            self._tls = self._owner.channel()
        if self.flow.out:
            self.write(self.flow)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        self._used = True
        if self._tls is not None:
            data = self._decipher(self._tls, data)
        frames = self._framer.receive_data(data)
        self._time_message(bool(frames))
        if frames:
            self._first_message = self._first_message or any(isinstance(frame, Frame) for frame in frames)
            self._pending.extend(frames)
            if not self._paused:
                self._serve()
        if self._tls is not None and self._tls.ended and not self._closing:
            self.close()

    def pause_writing(self) -> None:
        self._blocked_since = self._owner.now

    def resume_writing(self) -> None:
        self._blocked_since = 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        if self._tls is not None and not self._tls.agreed and not self._closing:
            self._owner.counters.handshake_failures += 1
        self._closing = True
        self._pending.clear()
        self._owner.lost(self)

    # --- the endpoint calls -------------------------------------------------------------------------------

    def write(self, flow: Flow) -> None:
        """Write what the flow has gathered; a peer that takes nothing is cut at the limit."""
        if self._tls is not None and not self._tls.agreed:
            return
        chunk = b"".join(flow.out)
        flow.out.clear()
        if self._closing:
            return
        self._used = True
        self._owner.counters.sent_bytes += len(chunk)
        self._transport.write(self._tls.send(chunk) if self._tls is not None else chunk)
        if self._transport.get_write_buffer_size() > self._owner.limits.unsent:
            self._cut()

    def sweep(self, now: float) -> None:
        """Hold the time limits."""
        limits = self._owner.limits
        if self._closing:
            if now - self._closing_since > limits.linger:
                self.abort()
        elif self._blocked_since and now - self._blocked_since > limits.blocked:
            self._cut()
        elif self._tls is not None and not self._tls.agreed:
            if now - self._opened > limits.handshake:
                self._handshake_failed()
        elif self._is_late(now):
            self._owner.counters.timed_out += 1
            self.close()
        elif self._used or not self.dialled:
            self._used, self._last_use = False, now
        elif now - self._last_use > limits.idle:
            self.close()

    def close(self) -> None:
        """Close after what is written has left."""
        self._begin_to_close()
        self._transport.close()

    def abort(self) -> None:
        """Close now."""
        self._closing = True
        self._transport.abort()

    # --- inside -------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Serve what has come, a batch at a time; nothing more is read while some of it waits."""
        if self._closing:
            return
        pending = self._pending
        for _ in range(min(_BATCH, len(pending))):
            self._owner.serve(self.flow, pending.popleft())
        self._owner.flush()
        if self._transport.is_closing():
            return
        if pending:
            if not self._paused:
                self._paused = True
                self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._serve)
            return
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        if self._framer.lost:
            self._linger()

    def _decipher(self, tls: TlsChannel, data: bytes) -> bytes:
        """What TLS makes of bytes that came; what TLS itself has to say is sent."""
        begun = not tls.agreed
        try:
            data = tls.receive(data)
        except ssl.SSLError:
            self._transport.write(tls.outgoing())
            if begun:
                self._handshake_failed()
            else:
                self.close()
            return b""
        self._transport.write(tls.outgoing())
        if begun and tls.agreed:
            self._owner.counters.handshakes += 1
            self._ready = self._owner.now
        return data

    def _handshake_failed(self) -> None:
        self._owner.counters.handshake_failures += 1
        self.close()

    def _begin_to_close(self) -> None:
        """Take nothing more; what has not left after a while never will."""
        if self._closing:
            return
        self._closing = True
        self._closing_since = self._owner.now
        if self._tls is not None:
            self._transport.write(self._tls.close())

    def _linger(self) -> None:
        """Let the last answer leave: a socket closed with unread bytes in it is reset, the answer lost."""
        self._begin_to_close()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def _time_message(self, completed: bool) -> None:
        framer = self._framer
        if not framer.partial:
            self._message_since = 0.0
        elif completed or not self._message_since or framer.in_body != self._in_body:
            self._message_since = self._owner.now
        self._in_body = framer.in_body

    def _is_late(self, now: float) -> bool:
        limits = self._owner.limits
        if self._message_since and not self._paused:
            return now - self._message_since > (limits.body if self._in_body else limits.header)
        return self.accepted and not self._first_message and now - self._ready > limits.first_message

    def _cut(self) -> None:
        self._owner.counters.slow_peers += 1
        self.flow.cut = True
        self.abort()


def mark(own: socket.socket, tos: int) -> None:
    """Mark the IP packets of a socket (RFC 2474); 0 leaves them as they are."""
    if tos:
        own.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        if own.family == socket.AF_INET6:
            own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)


def _watch_peer(connected: socket.socket) -> None:
    """Let the kernel find out that a peer is gone without a word; what waits for it goes another way."""
    idle, pause, questions = _KEEPALIVE
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, pause)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, questions)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED * 1000)
