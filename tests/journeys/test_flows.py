"""Every call flow of remote call control, told from all parties' clients: one text per flow in flows/.

    A = tel:1001                      Alice signs in with this line, each client over the next CTIManager
    A> call 1002                      her client does this
    SEP000000001002> answer           somebody does this at a phone
    A! consult 99 = operation ...     her client tries this and is refused so
      A Delivered a 1002 ...          what she is told then, see `stories`; who is not named is told nothing

Every event of every client stands in the text, in its order, or the story is wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cstagw.client import RccClient, ServiceRefused

from .conftest import House
from .stories import Stories, do

pytestmark = pytest.mark.asyncio

FLOWS = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "flows").glob("*.txt"))}
_SWITCH = {"true": True, "false": False}


class Teller:
    """Plays a story line by line."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stories = Stories()
        self._clients: dict[str, RccClient] = {}
        self._told: dict[str, list[str]] = {}

    async def play(self, text: str) -> None:
        for line in text.splitlines():
            if line.startswith("  "):
                self._expect(line.strip())
            elif line and not line.startswith("#"):
                self._nothing_left()
                await self._act(line)
        self._nothing_left()

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
            pairs = [word.split("=", 1) for word in words]
            body: dict[str, object] = {key: _SWITCH.get(value, value) for key, value in pairs}
            await self._house.phone(who[:-1], action, **body)
        for name, client in self._clients.items():
            self._told[name] = await self._stories.told(client)

    def _expect(self, line: str) -> None:
        who, _, event = line.partition(" ")
        assert self._told[who], f"{who} is told nothing more, not {event!r}"
        assert self._told[who].pop(0) == event.strip()

    def _nothing_left(self) -> None:
        assert not any(self._told.values()), self._told


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_call_flow(house: House, flow: str) -> None:
    await Teller(house).play(FLOWS[flow])
