"""The same call over every transport the gateway listens on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from csta_xml import ConnectionClearedEvent, EstablishedEvent, LocalConnectionState
from sip import Transport

from ..certificates import self_signed
from .conftest import ALICE, BOB, House, started, until
from .test_calls import do

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["127.0.0.1", "[::1]"])
async def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A node that listens on all three transports, on IPv4 or IPv6."""
    certificate = self_signed(tmp_path)
    node = await started(
        sip__listen=[f"{kind}://{request.param}:0" for kind in ("tcp", "udp", "tls")],
        tls__certificate=str(certificate),
    )
    async with aiohttp.ClientSession() as http:
        house = House(node, http, certificate=certificate)
        yield house
        for client in house.clients:
            await client.sign_out()
    await node.stop()


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_call_over_each_transport(everywhere: House, transport: Transport) -> None:
    everywhere.transport = transport
    alice = await everywhere.client(ALICE, "tel:1001;phone-context=dialstring")
    bob = await everywhere.client(BOB, "tel:1002")
    await do(alice, "call 1002")
    await do(bob, "wait delivered answer")
    await alice.wait_for(EstablishedEvent)
    await do(alice, "hangup")
    for client in (alice, bob):
        await client.wait_for(
            ConnectionClearedEvent,
            where=lambda event: event.local_connection_info is LocalConnectionState.NULL,
        )
    await alice.sign_out()
    await bob.sign_out()
    await until(lambda: everywhere.node.session_count() == 0)


async def test_clients_of_all_transports_at_once(everywhere: House) -> None:
    for number, transport in enumerate((Transport.TCP, Transport.UDP), start=1001):
        everywhere.transport = transport
        await everywhere.client(f"sip:u{number}@example.com", f"tel:{number}")
    assert everywhere.node.session_count() == 2
    await do(everywhere.clients[0], "call 1002 wait delivered")
    await do(everywhere.clients[1], "wait delivered answer")
    await everywhere.clients[0].wait_for(EstablishedEvent)
