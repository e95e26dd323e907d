"""The call flows of remote call control through gateway, bridge and JVM, told as the journeys tell them.

The texts are those of tests/journeys/flows, played by clients of ours over TCP; phones are moved at the
stand-in. What a client is shown must be the same event for event, but for causes (another cluster, other
words) and where a text of tests/system/bridge_flows says otherwise, because JTAPI does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cstagw.client import RccClient, ServiceRefused
from ctimgr_client.jtapi.names import ROWS
from tests.journeys.stories import Stories, do

from .bridge_house import BridgeHouse, configuration, open_house
from .conftest import stop
from .jtapi.standin import Jars, build

_HERE = Path(__file__).parent
_COMMON = {path.stem: path for path in (_HERE.parent / "journeys" / "flows").glob("*.txt")}
_OWN = {path.stem: path for path in (_HERE / "bridge_flows").glob("*.txt")}
FLOWS = {name: path.read_text() for name, path in sorted((_COMMON | _OWN).items())}
#: What JTAPI does not offer; the features answer does not promise it either.
NOT_OFFERED = {"02-click-to-call-prompted", "10-conference-in-one-step"}
_SETTLED = 0.15

#: How the stand-in calls what somebody does at a phone.
_KEYS = {"unregister": "device {0} out", "register": "device {0} in"}


class Teller:
    """Plays a story line by line. Events have a moment to arrive; nothing may come that the text does not
    say."""

    def __init__(self, house: BridgeHouse) -> None:
        self._house = house
        self._stories = Stories()
        self._clients: dict[str, RccClient] = {}

    async def play(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        while lines:
            await self._act(lines.pop(0))
            expected: dict[str, list[str]] = {name: [] for name in self._clients}
            while lines and lines[0].startswith("  "):
                who, _, event = lines.pop(0).strip().partition(" ")
                expected[who].append(event.strip())
            await self._compare(expected)

    async def _act(self, line: str) -> None:
        who, mark, what = line.partition(" ")
        if mark and what.startswith("= "):
            self._clients[who] = await self._house.client(f"sip:{who.lower()}@example.com", what[2:])
        elif who.endswith("!"):
            script, _, error = what.partition(" = ")
            with pytest.raises(ServiceRefused, match=error):
                await do(self._clients[who[:-1]], script)
        elif who[:-1] in self._clients:
            await do(self._clients[who[:-1]], what)
        else:
            action, *words = what.split()
            values = [word.partition("=")[2] for word in words]
            command = _KEYS.get(action, f"{action} {{0}}").format(who[:-1])
            await asyncio.to_thread(self._house.control().ask, " ".join([command, *values]))

    async def _compare(self, expected: dict[str, list[str]]) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end and any(
            len(client.events) < len(expected[name]) for name, client in self._clients.items()
        ):
            await asyncio.sleep(0.01)
        await asyncio.sleep(_SETTLED)
        told: dict[str, list[str]] = {}
        for name, client in self._clients.items():
            events, client.events[:] = client.events[:], []
            told[name] = [without_cause(self._stories.line(event)) for event in events]
        assert told == {name: [without_cause(event) for event in events] for name, events in expected.items()}


def without_cause(line: str) -> str:
    """`Held a 1001 hold consultation` less its last word, where that is a cause."""
    words = line.split()
    return " ".join(words[:-1] if len(words) > 3 else words)


@pytest.fixture(scope="module")
def jars(tmp_path_factory: pytest.TempPathFactory) -> Jars:
    return build(tmp_path_factory.mktemp("jars"))


@pytest.fixture(scope="module")
def house(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeHouse]:
    folder = tmp_path_factory.mktemp("house")
    opened = open_house(folder, configuration(folder, jars, {"cucm1": "127.0.0.1"}))
    yield opened
    stop(opened.gateway)


@pytest.mark.asyncio
@pytest.mark.parametrize("flow", sorted(FLOWS.keys() - NOT_OFFERED))
async def test_a_call_flow(house: BridgeHouse, flow: str) -> None:
    try:
        await Teller(house).play(FLOWS[flow])
    finally:
        await house.tidy()


def not_in_the_list(called: set[str]) -> set[str]:
    """Those of Interface.method that the list of names does not have."""
    return called - {f"{row.name.rpartition('.')[2]}.{method}" for row in ROWS for method in row.arities()}


def test_the_library_is_asked_for_names_of_the_list_only(house: BridgeHouse) -> None:
    """After the flows: what they have called."""
    called = set(house.control().ask("calls").split())
    assert not_in_the_list(called) == set()
    assert "CallControlCall.conference" in called
