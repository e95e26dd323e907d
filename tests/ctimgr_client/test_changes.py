"""CTIManagers that are added and removed while the others go on; marks on the packets to them."""

import asyncio
import socket
from dataclasses import replace

import pytest

from ctimgr_client import CtiManagerAddress, CtiManagers
from ctimgr_client.connection import CtiConnection
from tests.ctimgr_client.fake_ctimanager import Diary, FakeCtiManager, running, until


@pytest.mark.asyncio
async def test_one_that_is_added_is_dialled_at_once() -> None:
    diary, first, second = Diary(), await FakeCtiManager("a").start(), await FakeCtiManager("b").start()
    async with running(first.address, diary=diary) as managers:
        await until(lambda: managers.in_service() == 1)
        managers.add(second.address)
        await until(lambda: managers.in_service() == 2)
        assert [status.name for status in managers.status()] == ["a", "b"]
        with pytest.raises(ValueError, match="same name"):
            managers.add(second.address)
    assert sorted(diary.words[2:]) == ["down a#1 stopped", "down b#1 stopped"]
    first.kill()
    second.kill()


@pytest.mark.asyncio
async def test_one_that_is_removed_ends_its_link_in_good_order_and_is_forgotten() -> None:
    diary, first, second = Diary(), await FakeCtiManager("a").start(), await FakeCtiManager("b").start()
    async with running(first.address, second.address, diary=diary) as managers:
        await until(lambda: managers.in_service() == 2)
        await managers.remove("a")
        assert "down a#1 stopped" in diary.words
        assert type(first.received[-1]).__name__ == "StopApplicationSession"
        assert [status.name for status in managers.status()] == ["b"]
        chosen = managers.choose()
        assert chosen is not None
        assert chosen.name == "b"
        managers.add(first.address)
        await until(lambda: managers.in_service() == 2)
        assert diary.words[-1] == "up a#2"
        with pytest.raises(KeyError):
            await managers.remove("nobody")
    first.kill()
    second.kill()


@pytest.mark.asyncio
async def test_the_last_one_cannot_be_removed() -> None:
    diary, ctim = Diary(), await FakeCtiManager().start()
    async with running(ctim.address, diary=diary) as managers:
        await until(managers.in_service)
        with pytest.raises(ValueError, match="last"):
            await managers.remove("ctim1")
        assert managers.in_service() == 1
    ctim.kill()


@pytest.mark.asyncio
async def test_the_least_loaded_is_chosen_over_the_wire() -> None:
    diary, first, second = Diary(), await FakeCtiManager("a").start(), await FakeCtiManager("b").start()
    load = {"a": 1, "b": 0}
    managers = CtiManagers(
        [first.address, second.address],
        application_id="cstagw-test",
        interval=5.0,
        request_timeout=2.0,
        listener=diary,
        load=lambda link: load[link.name],
    )
    task = asyncio.create_task(managers.run())
    await until(lambda: managers.in_service() == 2)
    assert [link.name for link in (managers.choose(), managers.choose()) if link] == ["b", "b"]
    task.cancel()
    await asyncio.wait([task])
    first.kill()
    second.kill()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("host", "level", "option"),
    [
        ("127.0.0.1", socket.IPPROTO_IP, socket.IP_TOS),
        ("::1", socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
    ],
)
@pytest.mark.parametrize("tos", [0, 0x68])
async def test_every_packet_is_marked(
    monkeypatch: pytest.MonkeyPatch, host: str, level: int, option: int, tos: int
) -> None:
    seen: list[int] = []
    real = CtiConnection.connection_made

    def look(connection: CtiConnection, transport: asyncio.BaseTransport) -> None:
        seen.append(transport.get_extra_info("socket").getsockopt(level, option))
        real(connection, transport)

    monkeypatch.setattr(CtiConnection, "connection_made", look)
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, 0)
    port = server.sockets[0].getsockname()[1]
    managers = CtiManagers(
        [replace(CtiManagerAddress("a", "localhost", port), host=host)],
        application_id="cstagw-test",
        interval=5.0,
        request_timeout=2.0,
        listener=Diary(),
        tos=tos,
    )
    task = asyncio.create_task(managers.run())
    await until(lambda: seen)
    task.cancel()
    await asyncio.wait([task])
    server.close()
    assert seen == [tos]
