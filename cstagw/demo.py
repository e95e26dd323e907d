"""A real call in a minute: a gateway on free ports, two clients, every service played, the timeline printed.

Nothing is acted: the clients speak SIP over TCP to the gateway, which speaks CSTA over TCP to the simulated
CTIManagers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp

from csta_xml import (
    ConnectionClearedEvent,
    DeliveredEvent,
    DivertedEvent,
    EstablishedEvent,
    ForwardingEvent,
    HeldEvent,
    LocalConnectionState,
    OriginatedEvent,
    RetrievedEvent,
    TransferedEvent,
)
from sip import Target, Transport

from .client import Line, RccClient, ServiceRefused, SignInRefused, parse_script, play, render
from .config import load
from .node import Node

_FREE_PORTS = {"sip.listen": ["tcp://127.0.0.1:0"], "admin.listen": "127.0.0.1:0"}


class DemoFailed(Exception):
    """Something did not happen that had to."""


class Demo:
    """The scenes, in order. `say` prints."""

    def __init__(self, node: Node, say: Callable[[str], None]) -> None:
        self._say = say
        self._start = asyncio.get_running_loop().time()
        self._admin = f"http://{node.admin_address}"
        address = node.sip_addresses[0]
        gateway = Target(Transport.TCP, address.host, address.port)
        self._alice = RccClient(
            "sip:alice@example.com", "tel:1001;phone-context=dialstring", gateway, watch=self._watch
        )
        self._bob = RccClient(
            "sip:bob@example.com", "tel:1002;phone-context=dialstring", gateway, watch=self._watch
        )
        self._carol = RccClient(
            "sip:carol@example.com", "tel:1003;phone-context=dialstring", gateway, watch=self._watch
        )

    async def play(self) -> None:
        """Play everything. Raises DemoFailed, ServiceRefused, SignInRefused or TimeoutError."""
        self._scene("Alice (1001), Bob (1002) and Carol (1003) sign in")
        for client in (self._alice, self._bob, self._carol):
            await client.sign_in()
        await self._outside_call()
        await self._call_between_two()
        await self._dialled_on_the_phone()
        await self._transferred()
        await self._conference()
        await self._deflected_and_picked_up()
        await self._parked()
        await self._forwarded()
        await self._switches()
        self._scene("All sign out")
        for client in (self._alice, self._bob, self._carol):
            await client.sign_out()

    async def _outside_call(self) -> None:
        self._scene("Alice clicks 1902, an outside number that answers after a second")
        await self._do(self._alice, "call 1902")
        for kind in (OriginatedEvent, DeliveredEvent, EstablishedEvent):
            await self._alice.wait_for(kind)
        await self._do(self._alice, "snapshot")
        await self._do(self._alice, "hangup")
        await self._alice.wait_for(ConnectionClearedEvent)

    async def _call_between_two(self) -> None:
        self._scene("Alice calls Bob; Bob answers on his PC, holds, retrieves; Alice hangs up")
        await self._do(self._alice, "call 1002")
        await self._bob.wait_for(
            DeliveredEvent, where=lambda event: event.local_connection_info is LocalConnectionState.ALERTING
        )
        await self._do(self._bob, "answer")
        await self._alice.wait_for(EstablishedEvent)
        await self._bob.wait_for(EstablishedEvent)
        await self._do(self._bob, "hold")
        await self._alice.wait_for(HeldEvent)
        await self._do(self._bob, "retrieve")
        await self._alice.wait_for(RetrievedEvent)
        await self._do(self._alice, "hangup")
        await self._bob.wait_for(ConnectionClearedEvent)

    async def _dialled_on_the_phone(self) -> None:
        self._scene("Alice dials 1901 on her desk phone: her PC follows")
        await self._phone("SEP000000001001", "dial", {"line": "1001", "to": "1901"})
        await self._alice.wait_for(EstablishedEvent)
        await self._phone("SEP000000001001", "hangup", {"line": "1001"})
        await self._alice.wait_for(ConnectionClearedEvent)

    async def _transferred(self) -> None:
        self._scene("Bob asks for Carol: Alice consults her and transfers the call")
        await self._do(self._alice, "call 1002")
        await self._do(self._bob, "wait delivered answer")
        await self._do(self._alice, "wait established consult 1003")
        await self._do(self._carol, "wait delivered answer")
        await self._do(self._alice, "wait established swap wait retrieved swap wait retrieved transfer")
        await self._bob.wait_for(TransferedEvent)
        await self._carol.wait_for(TransferedEvent)
        self._scene("Carol sends Bob on to 1901, without asking")
        await self._do(self._carol, "transfer-to 1901")
        await self._bob.wait_for(EstablishedEvent)
        await self._do(self._bob, "hangup wait cleared")

    async def _conference(self) -> None:
        self._scene("Alice talks with Bob and brings Carol in; a tone menu; Carol leaves, Alice ends it")
        await self._do(self._alice, "call 1002")
        await self._do(self._bob, "wait delivered answer")
        await self._do(self._alice, "wait established hold wait held call 1003")
        await self._do(self._carol, "wait delivered answer")
        await self._do(self._alice, "wait established conference wait conferenced snapshot-call dtmf 12#")
        await self._do(self._carol, "wait conferenced hangup wait cleared")
        await self._do(self._alice, "join 1003")
        await self._do(self._carol, "wait delivered answer")
        await self._do(self._alice, "wait established clear wait cleared")
        await self._all_quiet()

    async def _deflected_and_picked_up(self) -> None:
        self._scene("Alice calls Bob, who deflects to Carol, whose call Bob picks up after all")
        await self._do(self._alice, "call 1002")
        await self._do(self._bob, "wait delivered deflect 1003")
        await self._carol.wait_for(DeliveredEvent)
        await self._do(self._bob, "pickup 1003 wait established hangup wait cleared")
        await self._all_quiet()
        await self._do(self._alice, "call 1002")
        await self._bob.wait_for(DeliveredEvent)
        await self._do(self._carol, "pickup-group wait established")
        await self._do(
            self._alice, "consult 1904 wait delivered reconnect wait retrieved hangup wait cleared"
        )
        await self._all_quiet()

    async def _parked(self) -> None:
        self._scene("Alice parks Bob at 7001, Carol takes him from there")
        await self._do(self._alice, "call 1002")
        await self._do(self._bob, "wait delivered answer")
        await self._do(self._alice, "wait established park 7001")
        await self._do(self._carol, "call 7001 wait established hangup wait cleared")
        await self._all_quiet()

    async def _switches(self) -> None:
        self._scene("Do not disturb, message waiting, a call that asks first")
        await self._do(self._bob, "dnd on wait dnd dnd-state dnd off wait dnd")
        await self._do(self._bob, "message-waiting on wait message-waiting message-waiting-state")
        await self._do(self._bob, "message-waiting off wait message-waiting")
        await self._do(self._alice, "prompt 1901 wait initiated")
        await self._phone("SEP000000001001", "answer", {})
        await self._do(self._alice, "wait established hangup wait cleared features status")

    async def _all_quiet(self) -> None:
        """Everybody has been told that the call is over."""
        for client in (self._alice, self._bob, self._carol):
            while client.calls:
                await client.wait_for(ConnectionClearedEvent)
            client.events.clear()

    async def _forwarded(self) -> None:
        self._scene("Bob forwards his calls to 1901; Alice calls Bob")
        await self._do(self._bob, "forward 1901")
        await self._bob.wait_for(ForwardingEvent)
        await self._do(self._bob, "forwarding")
        await self._do(self._alice, "call 1002")
        await self._bob.wait_for(DivertedEvent)
        await self._alice.wait_for(EstablishedEvent)
        await self._do(self._alice, "hangup")
        await self._alice.wait_for(ConnectionClearedEvent)
        await self._do(self._bob, "forward off")
        await self._bob.wait_for(ForwardingEvent)

    async def _do(self, client: RccClient, script: str) -> None:
        await play(client, parse_script(script.split()))

    async def _phone(self, device: str, action: str, words: dict[str, str]) -> None:
        url = f"{self._admin}/sim/v1/devices/{device}/{action}"
        self._say(f"          phone {device}: {action} {' '.join(words.values())}")
        async with aiohttp.ClientSession() as http, http.post(url, json=words) as response:
            if response.status >= 300:
                raise DemoFailed(f"{url}: {response.status} {await response.text()}")

    def _scene(self, title: str) -> None:
        self._say(f"\n{title}")

    def _watch(self, line: Line) -> None:
        self._say(render(line, self._start))


async def run(say: Callable[[str], None]) -> None:
    """Start a node, play, stop it. Raises DemoFailed with what went wrong."""
    node = Node(load(None, _FREE_PORTS))
    await node.start()
    try:
        await _in_service(node)
        await Demo(node, say).play()
    except (ServiceRefused, SignInRefused, TimeoutError, OSError) as error:
        raise DemoFailed(f"{type(error).__name__}: {error}") from error
    finally:
        await node.stop()


async def _in_service(node: Node) -> None:
    async with asyncio.timeout(10):
        while node.facts().cti_in_service < len(node.links()):  # noqa: ASYNC110 - once, before the play
            await asyncio.sleep(0.02)
