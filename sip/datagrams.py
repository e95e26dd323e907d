"""One UDP socket of the SIP endpoint: a message per datagram, a flow per peer address (RFC 3261 §18).

Shell. The table of peers is bounded: the one that was silent longest makes room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import cast

from .connection import Address, Owner, mark
from .flow import Flow, Target, Transport
from .framer import read_datagram
from .resolve import own_host, resolve

#: Peers of one socket that are remembered.
MAX_PEERS = 4096


class Datagrams(asyncio.DatagramProtocol):
    """Reads and writes datagrams for its owner, the endpoint."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._flows: OrderedDict[Address, Flow] = OrderedDict()
        self.closed = asyncio.get_running_loop().create_future()

    @property
    def local(self) -> Address:
        """The address the socket is bound to."""
        name: Address = self._transport.get_extra_info("sockname")[:2]
        return name

    def flow_to(self, remote: Address) -> Flow:
        """The flow to a peer's address."""
        flow = self._flows.get(remote)
        if flow is None:
            host, port = self.local
            own = self._owner.local_address(Transport.UDP, (own_host(host, remote), port))
            flow = Flow(Transport.UDP, own, remote)
            self.adopt(flow)
        else:
            self._flows.move_to_end(remote)
        return flow

    def adopt(self, flow: Flow) -> None:
        """Carry this flow to its remote address from now on."""
        self._flows[flow.remote] = flow
        self._owner.carry(flow, self)
        if len(self._flows) > MAX_PEERS:
            self._owner.dropped(self._flows.popitem(last=False)[1])

    # --- the event loop calls -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A datagram protocol gets a datagram transport, but other loops have classes of their own.
        self._transport = cast(asyncio.DatagramTransport, transport)
        mark(transport.get_extra_info("socket"), self._owner.tos)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        frame = read_datagram(data, self._owner.limits.framing)
        if frame is None:
            return
        self._owner.serve(self.flow_to(addr[:2]), frame)
        self._owner.flush()

    def error_received(self, exc: Exception) -> None:
        self._owner.counters.datagrams_lost += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    # --- the endpoint calls -------------------------------------------------------------------------------

    def write(self, flow: Flow) -> None:
        """Send what the flow has gathered, a datagram each; what the socket does not take now is lost."""
        counters = self._owner.counters
        for message in flow.out:
            if self._transport.is_closing():
                break
            counters.sent_bytes += len(message)
            self._transport.sendto(message, flow.remote)
        flow.out.clear()

    def close(self) -> None:
        """Close the socket."""
        for flow in list(self._flows.values()):
            self._owner.dropped(flow)
        self._flows.clear()
        self._transport.close()


class DatagramSockets:
    """The UDP sockets of an endpoint: those it listens on, and one of its own for a client without any."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._open: list[Datagrams] = []

    async def bind(self, own: Address) -> Datagrams:
        """Open a socket on an address of ours. Raises OSError."""
        loop = asyncio.get_running_loop()
        _, datagrams = await loop.create_datagram_endpoint(lambda: Datagrams(self._owner), own)
        self._open.append(datagrams)
        return datagrams

    async def reach(self, target: Target, flow: Flow | None = None) -> Flow:
        """The flow to a target; one that was begun before its address was known is carried on from here."""
        remote = await resolve(target)
        datagrams = await self._towards(remote)
        if flow is None:
            return datagrams.flow_to(remote)
        flow.connected(remote)
        datagrams.adopt(flow)
        datagrams.write(flow)
        return flow

    async def close(self) -> None:
        """Close every socket."""
        for datagrams in self._open:
            datagrams.close()
        await asyncio.gather(*(datagrams.closed for datagrams in self._open))

    async def _towards(self, remote: Address) -> Datagrams:
        for datagrams in self._open:
            if (":" in datagrams.local[0]) == (":" in remote[0]):
                return datagrams
        return await self.bind((own_host("::" if ":" in remote[0] else "0.0.0.0", remote), 0))  # noqa: S104
