"""A CTIManager that cannot be reached: the reason is found, and it is dialled until it can be."""

import asyncio
import socket
from collections.abc import Callable

import pytest

from ctimgr_client import CtiManagerAddress
from tests.ctimgr_client.fake_ctimanager import Diary, FakeCtiManager, running, until


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.backoff.FIRST_PAUSE", 0.02)
    monkeypatch.setattr("ctimgr_client.backoff.LONGEST_PAUSE", 0.05)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@pytest.mark.asyncio
async def test_a_refused_port_is_dialled_until_somebody_listens() -> None:
    diary, ctim = Diary(), FakeCtiManager()
    ctim.port = free_port()
    async with running(ctim.address, diary=diary) as managers:
        await until(lambda: managers.status()[0].connect_failures.get("refused", 0) >= 2)
        assert (managers.status()[0].last_error or "").startswith("Connection refused: nothing listens on ")
        await ctim.start()
        await until(lambda: diary.links)
    ctim.kill()


@pytest.mark.asyncio
async def test_the_reason_is_found_when_a_name_has_several_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{i}", port)) for i in (1, 2)]
    await failing(
        "refused", monkeypatch, CtiManagerAddress("ctim1", "cucm1.example.com", port), lambda: found
    )


@pytest.mark.asyncio
async def test_a_name_that_cannot_be_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    status = await failing(
        "not_resolvable", monkeypatch, CtiManagerAddress("ctim1", "cucm9.example.com", 8800), unknown
    )
    assert status.startswith("cucm9.example.com not resolvable (")


async def failing(
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    address: CtiManagerAddress,
    resolve: Callable[[], object],
) -> str:
    async def getaddrinfo(*_: object, **__: object) -> object:
        return resolve()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    async with running(address, diary=Diary()) as managers:
        await until(lambda: managers.status()[0].connect_failures)
        [status] = managers.status()
        assert list(status.connect_failures) == [reason]
        return status.last_error or ""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", None], ids=["text", "eof", "none"]
)
async def test_a_port_without_tls(answer: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctimgr_client.dial.TLS_HANDSHAKE_TIMEOUT", 0.05)
    silent: list[asyncio.StreamWriter] = []

    async def not_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            silent.append(writer)
            return
        await reader.read(1)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(not_tls, "127.0.0.1", 0)
    address = CtiManagerAddress("ctim1", "127.0.0.1", server.sockets[0].getsockname()[1], "cstas")
    async with running(address, diary=Diary()) as managers:
        await until(lambda: managers.status()[0].connect_failures)
        assert list(managers.status()[0].connect_failures) == ["tls"]
    server.close()
    for writer in silent:
        writer.close()
