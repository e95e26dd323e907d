"""Which CTIManager carries what, what is seen of it, and what must not stay behind there."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from csta_xml import CSTAErrorCode, DeviceId, MonitorStart

from . import in_memory
from .conftest import ALICE, House, started, until


@asynccontextmanager
async def house_with(**settings: object) -> AsyncIterator[House]:
    node = await started(**settings)
    async with aiohttp.ClientSession() as http:
        house = House(node, http)
        yield house
        for client in house.clients:
            await client.sign_out()
    await node.stop()


async def links(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((await house.get("/admin/v1/ctimanagers"))[1])["ctimanagers"]
    return found


async def one_away(house: House, absent: Callable[[], Awaitable[None]]) -> None:
    """Do something while the first CTIManager is away."""
    await house.fault("ctim1", "crash")
    await until(lambda: house.node.facts().cti_in_service == 1)
    await absent()
    await house.fault("ctim1", "none")
    await until(lambda: house.node.facts().cti_in_service == 2, within=8)


@pytest.mark.asyncio
async def test_the_one_with_the_fewest_devices_gets_the_next_sessions_and_nothing_moves_back() -> None:
    async with house_with(session__placement="least-devices") as house:

        async def meanwhile() -> None:
            for line in ("tel:1001", "tel:1002", "tel:1003", "tel:1003"):
                await house.client(ALICE, line)

        await one_away(house, meanwhile)
        assert house.node.link_sessions() == {"ctim2": 4}
        assert house.node.link_devices() == {"ctim2": 3}
        for line in ("tel:1004", "tel:1005", "tel:1006"):
            await house.client(ALICE, line)
        assert house.node.link_devices() == {"ctim1": 3, "ctim2": 3}


@pytest.mark.asyncio
async def test_many_at_once_are_spread_before_their_lines_are_known() -> None:
    async with house_with(session__placement="least-devices") as house:
        await asyncio.gather(*(house.client(ALICE, f"tel:10{number:02}") for number in range(1, 21)))
        assert house.node.link_devices() == {"ctim1": 10, "ctim2": 10}


@pytest.mark.asyncio
async def test_what_is_seen_of_a_ctimanager_that_was_away() -> None:
    async with house_with() as house:
        before = (await links(house))[0]
        assert (before["flaps"], before["cause"], before["cure"], before["devices"]) == (0, None, None, 0)

        async def look() -> None:
            await until_refused(house)
            down = (await links(house))[0]
            assert down["state"] == "OUT_OF_SERVICE"
            assert down["cause"].startswith("Connection refused: ")
            assert down["cure"].startswith("check that the CTIManager service runs")

        await one_away(house, look)
        after = (await links(house))[0]
        assert (after["flaps"], after["cause"], after["cure"]) == (1, None, None)
        text = (await house.get("/metrics"))[1]
        assert 'cstagw_cti_flaps_total{connection="ctim1"} 1.0' in text
        assert 'cstagw_cti_connection_devices{connection="ctim1"} 0.0' in text


async def until_refused(house: House) -> None:
    await until(lambda: house.node.links()[0].connect_failures.get("refused", 0) > 0)


@pytest.mark.asyncio
@pytest.mark.parametrize("tos", [0, 0x68])
async def test_packets_of_both_sides_are_marked(tos: int) -> None:
    async with house_with(network__tos=tos) as house:
        await house.client(ALICE, "tel:1001")
        [sip] = house.node._endpoint._connections.values()
        carriers = [sip._transport]
        for supervisor in house.node._managers._supervisors.values():
            assert supervisor._connection is not None
            assert supervisor._connection._transport is not None
            carriers.append(supervisor._connection._transport)
        sockets = [carrier.get_extra_info("socket") for carrier in carriers]
        assert [one.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) for one in sockets] == [tos] * 3


def test_a_monitor_that_starts_too_late_does_not_stay_at_the_ctimanager() -> None:
    house = in_memory.House()
    client = house.invite("tel:1001")
    house.settle()
    start = MonitorStart(monitor_object=DeviceId("tel:1001"))
    assert isinstance(house.ask(client, start, in_memory.Fate.UNANSWERED), CSTAErrorCode)
    assert len(house.monitors) == 0
    assert not isinstance(house.ask(client, start), CSTAErrorCode)
    assert len(house.monitors) == 1
