"""What a client and an administrator see when a bridge, its JVM or the CUCM node behind it fails."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csta_xml import BackInServiceEvent, EstablishedEvent, OutOfServiceEvent
from cstagw.client import RccClient
from tests.journeys.stories import do

from .bridge_house import BridgeHouse, configuration, open_house, run, until
from .conftest import Running, start_unready, stop, wait_until
from .jtapi.standin import Jars, build

NODES = {"cucm1": "127.0.0.1", "cucm2": "127.0.0.2"}
#: The heartbeat interval of these gateways, seconds: what is silent for two of them is lost.
INTERVAL = 1.0


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    return build(tmp_path_factory.mktemp("jars"))


@pytest.fixture
def house(jars: Jars, tmp_path: Path) -> Iterator[BridgeHouse]:
    opened = open_house(tmp_path, configuration(tmp_path, jars, NODES))
    yield opened
    stop(opened.gateway)


async def _two_sessions(house: BridgeHouse) -> tuple[RccClient, RccClient]:
    """One over each CTIManager, in this order."""
    first = await house.client("sip:alice@example.com", "tel:1001")
    second = await house.client("sip:bob@example.com", "tel:1002")
    assert [house.status(name)["sessions"] for name in NODES] == [1, 1]
    return first, second


async def _sign_out(house: BridgeHouse) -> None:
    for client in house.clients:
        await client.sign_out()


async def _ended(client: RccClient, within: float) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(within):
        await client.over()
    return time.monotonic() - begun


@pytest.mark.asyncio
async def test_a_killed_bridge_costs_its_own_sessions_and_comes_back(house: BridgeHouse) -> None:
    lost, kept = await _two_sessions(house)
    old = house.bridges()["cucm1"]
    os.kill(old, signal.SIGKILL)
    await _ended(lost, 3)
    assert house.status()["state"] == "OUT_OF_SERVICE"
    assert "bridge" in house.status()["cause"]
    await do(kept, "call 1901 wait established hangup wait cleared")
    await house.client("sip:carol@example.com", "tel:1003")  # over the one that is left
    await until(house.is_in_service, 30)
    assert house.bridges()["cucm1"] != old
    assert house.status()["generation"] == 2
    await house.client("sip:dave@example.com", "tel:1004")
    assert house.status()["sessions"] == 1
    await _sign_out(house)


@pytest.mark.asyncio
async def test_a_stopped_bridge_is_found_by_its_silence_and_replaced(house: BridgeHouse) -> None:
    lost, kept = await _two_sessions(house)
    old = house.bridges()["cucm1"]
    os.kill(old, signal.SIGSTOP)
    try:
        assert await _ended(lost, 2 * INTERVAL + 3) <= 2 * INTERVAL + 1.5
        await do(kept, "call 1901 wait established hangup wait cleared")
        await until(house.is_in_service, 30)
        assert house.bridges()["cucm1"] != old
        await asyncio.to_thread(wait_until, lambda: not _lives(old), 10)
    finally:
        if _lives(old):
            os.kill(old, signal.SIGCONT)
    await _sign_out(house)


@pytest.mark.asyncio
async def test_a_jvm_whose_calls_never_return_is_replaced(house: BridgeHouse) -> None:
    lost, kept = await _two_sessions(house)
    old = house.bridges()["cucm1"]
    house.control(NODES["cucm1"]).ask("hang on")
    await _ended(lost, 30)
    await until(house.is_in_service, 30)
    assert house.bridges()["cucm1"] != old
    await do(kept, "call 1901 wait established hangup wait cleared")
    await _sign_out(house)


@pytest.mark.asyncio
async def test_a_provider_out_of_service_ends_its_sessions_at_once_and_comes_back_as_another(
    house: BridgeHouse,
) -> None:
    lost, kept = await _two_sessions(house)
    old = house.bridges()["cucm1"]
    control = house.control(NODES["cucm1"])
    control.ask("provider out")
    await _ended(lost, 3)
    status = house.status()
    assert status["state"] == "OUT_OF_SERVICE"
    assert "out of service" in status["cause"]
    await do(kept, "call 1901 wait established hangup wait cleared")
    await asyncio.sleep(2)
    assert not house.is_in_service()  # the process is there, but nobody is let in
    control.ask("provider in")
    await until(house.is_in_service, 30)
    assert house.bridges()["cucm1"] == old
    assert house.status()["generation"] == 2
    again = await house.client("sip:alice@example.com", "tel:1001")
    await do(again, "call 1901 wait established hangup wait cleared")
    await _sign_out(house)


@pytest.mark.asyncio
async def test_a_phone_out_of_service_is_told_and_so_is_its_return(house: BridgeHouse) -> None:
    alice, _ = await _two_sessions(house)
    control = house.control(NODES["cucm1"])
    control.ask("device SEP000000001001 out")
    await alice.wait_for(OutOfServiceEvent)
    control.ask("device SEP000000001001 in")
    await alice.wait_for(BackInServiceEvent)
    await do(alice, "call 1901")
    await alice.wait_for(EstablishedEvent)
    await do(alice, "hangup wait cleared")
    await _sign_out(house)


PROVIDER_ERRORS = {
    "bad login or password": ("bad_login", "user and password"),
    "Connection refused": ("refused", "CTIManager service"),
    "login=": ("no_login", "user"),
    "127.0.0.1": ("not_resolvable", "DNS"),
    "Operation timed out": ("timed_out", "ping"),
    "null": ("no_version", "library"),
}


@pytest.mark.parametrize("tail", PROVIDER_ERRORS)
def test_each_error_of_the_provider_says_cause_and_cure(jars: Jars, tmp_path: Path, tail: str) -> None:
    reason, cure = PROVIDER_ERRORS[tail]
    file = configuration(tmp_path, jars, {"cucm1": "127.0.0.1"})
    text = file.read_text().replace('"-Xmx128m"', f'"-Xmx128m", "-Dstandin.open={tail}"')
    file.write_text(text)
    gateway = _started(tmp_path, file)
    try:
        house = BridgeHouse(gateway, tmp_path)
        wait_until(lambda: _says(house.status(), tail, cure), 30)
        shown = house.cti()
        assert tail in shown, shown
        assert cure in shown, shown
        said = [record for record in house.log("cti.connect_failed") if record["reason"] == reason]
        assert said, house.gateway.log.read_text()
        assert cure in said[0]["cure"]
        assert tail in said[0]["cause"]
    finally:
        stop(gateway)


@pytest.mark.asyncio
async def test_a_line_that_is_not_in_the_domain_says_cause_and_cure(house: BridgeHouse) -> None:
    with pytest.raises(Exception, match=r"404|403"):
        await house.client("sip:eve@example.com", "tel:1020")
    house.clients.clear()
    shown = house.cti()
    assert "1020" in shown, shown
    assert "is not in provider's domain" in shown, shown
    assert "associate" in shown, shown
    refused = [str(record) for record in house.log() if "1020" in str(record)]
    assert any("provider's domain" in text and "associate" in text for text in refused), refused


def test_nothing_is_left_when_the_gateway_is_killed(jars: Jars, tmp_path: Path) -> None:
    house = open_house(tmp_path, configuration(tmp_path, jars, NODES))
    bridges = set(house.bridges().values())
    house.gateway.process.kill()
    house.gateway.process.wait(5)
    wait_until(lambda: not any(map(_lives, bridges)), 10)


def test_nothing_is_left_when_the_gateway_stops(jars: Jars, tmp_path: Path) -> None:
    house = open_house(tmp_path, configuration(tmp_path, jars, NODES))
    bridges = set(house.bridges().values())
    stop(house.gateway)
    assert not any(map(_lives, bridges))


def test_secrets_are_nowhere_to_be_seen(house: BridgeHouse) -> None:
    from .bridge_house import PASSWORD  # noqa: PLC0415

    for process in house.bridges().values():
        for file in ("cmdline", "environ"):
            seen = Path(f"/proc/{process}/{file}").read_bytes()
            without_the_standin = seen.replace(f"-Dstandin.password={PASSWORD}".encode(), b"")
            assert PASSWORD.encode() not in without_the_standin
    assert PASSWORD not in house.gateway.log.read_text()
    shown = run("config", "show", "--config", str(house.folder / "cstagw.toml"))
    assert PASSWORD not in shown.replace(f"-Dstandin.password={PASSWORD}", "")


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def _started(folder: Path, file: Path) -> Running:
    """A gateway that may never be ready."""
    return start_unready(folder, CSTAGW_CONFIG=str(file))


def _says(status: dict[str, Any], tail: str, cure: str) -> bool:
    """Whether it is the failure itself that is shown; that it is being opened has some words in common."""
    return tail in str(status["cause"]) and cure in str(status["cure"])
