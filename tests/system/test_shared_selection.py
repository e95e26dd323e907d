"""Two gateways before one cluster that share directory and users' choices in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cstagw.client import RccClient, parse_script, play
from sip import Target, Transport

from .conftest import CSTAGW, Running, free_port, start, stop, wait_until
from .postgres import Postgres, running_postgres

SCHEMA = Path(__file__).parent.parent.parent / "deploy" / "postgresql.sql"
CAROL, ALICE = "carol@example.com", "alice@example.com"
HARD, SOFT = "SEP000000001100", "SEP00000000110C"
ROWS = """
INSERT INTO line_appearances (user_uri, dn, device, model) VALUES
    ('sip:carol@example.com', '1100', 'SEP000000001100', 'Cisco 8851'),
    ('sip:carol@example.com', '1100', 'SEP00000000110C', 'Cisco IP Communicator'),
    ('sip:alice@example.com', '1001', 'SEP000000001001', 'Cisco 8851')
"""


@dataclass
class Site:
    """The database, and two gateways."""

    postgres: Postgres
    database: str
    gateways: list[Running]

    def sql(self, text: str) -> None:
        self.postgres.sql(text, self.database)

    def user(self, gateway: int, uri: str) -> Any:
        status, body = self.gateways[gateway].get(f"/admin/v1/users/{uri}")
        assert status == 200, body
        return json.loads(body)

    def devices(self) -> list[str]:
        """Where Carol's sessions are, at each gateway."""
        return [session["device"] for index in (0, 1) for session in self.user(index, CAROL)["sessions"]]

    def command(self, gateway: int, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CSTAGW, "user", "--admin", self.gateways[gateway].admin, *words],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip

    def stale(self, gateway: int) -> bool:
        found = self.gateways[gateway].metric('cstagw_directory_stale{source="postgresql"}')
        return found > 0

    def store_up(self, gateway: int) -> bool:
        return self.gateways[gateway].metric("cstagw_selection_store_up") > 0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_postgres() as postgres:
        database = postgres.database()
        postgres.file(SCHEMA, database)
        postgres.sql(ROWS, database)
        port = free_port()
        cluster = subprocess.Popen([CSTAGW, "simulate", "ctimgr", "--listen", f"127.0.0.1:{port}"])
        gateways = []
        try:
            for name in ("gw1", "gw2"):
                folder = tmp_path / name
                folder.mkdir()
                url = postgres.socket_url(database)
                environment = {
                    "CSTAGW_CTIMANAGER": json.dumps([{"name": "ctim1", "url": f"csta://127.0.0.1:{port}"}]),
                    "CSTAGW_DIRECTORY__SOURCE": url,
                    "CSTAGW_SELECTION__STORE": url,
                    "CSTAGW_STATE__FOLDER": str(folder / "state"),
                }
                gateways.append(start(folder, **environment))
            yield Site(postgres, database, gateways)
            for gateway in gateways:
                stop(gateway)
        finally:
            for gateway in gateways:
                gateway.process.kill()
            cluster.kill()
            cluster.wait()


@asynccontextmanager
async def signed_in(gateway: Running, user: str, line: str) -> AsyncIterator[RccClient]:
    client = RccClient(f"sip:{user}", line, Target(Transport.TCP, "127.0.0.1", gateway.sip))
    await client.sign_in()
    try:
        yield client
    finally:
        await client.sign_out()


async def calls(client: RccClient) -> None:
    """One call; what others did on the same line before is forgotten."""
    client.events.clear()
    await play(client, parse_script(["call", "1901", "wait", "established", "hangup"]))


async def soon(condition: object, seconds: float = 15.0) -> None:
    await asyncio.to_thread(wait_until, condition, seconds)


@pytest.mark.asyncio
async def test_a_choice_at_one_gateway_is_followed_at_the_other(site: Site) -> None:
    first, second = site.gateways
    async with signed_in(first, CAROL, "tel:1100") as one, signed_in(second, CAROL, "tel:1100") as other:
        assert await asyncio.to_thread(site.devices) == [SOFT, SOFT]
        done = await asyncio.to_thread(site.command, 0, CAROL, "select", HARD)
        assert done.returncode == 0, done.stderr
        await soon(lambda: site.devices() == [HARD, HARD])
        for client in (one, other):
            await calls(client)
        # An administrator with psql is one more who chooses.
        text = "UPDATE cstagw_selection SET device = 'SEP00000000110C' WHERE dn = '1100'"
        await asyncio.to_thread(site.sql, text)
        await soon(lambda: site.devices() == [SOFT, SOFT])
        await asyncio.to_thread(site.sql, "DELETE FROM cstagw_selection")
        await soon(lambda: not site.user(1, CAROL)["selections"])


@pytest.mark.asyncio
async def test_a_database_that_dies_costs_no_session(site: Site) -> None:
    first, second = site.gateways
    async with signed_in(first, CAROL, "tel:1100") as carol, signed_in(second, ALICE, "tel:1001") as alice:
        await play(carol, parse_script(["call", "1901", "wait", "established"]))
        before = await asyncio.to_thread(site.user, 0, CAROL)
        await asyncio.to_thread(site.postgres.kill)
        await soon(lambda: all(site.stale(index) and not site.store_up(index) for index in (0, 1)), 30)
        for gateway in site.gateways:
            assert gateway.get("/readyz")[0] == 200
        refused = await asyncio.to_thread(site.command, 0, CAROL, "select", HARD)
        assert refused.returncode == 1
        assert "the choice is not kept" in refused.stderr
        assert "next:" in refused.stderr
        await calls(alice)
        async with signed_in(second, CAROL, "tel:1100"):  # new sessions go by what was known
            pass
        await play(carol, parse_script(["hangup"]))
        await asyncio.to_thread(site.postgres.start)
        await soon(lambda: all(not site.stale(index) and site.store_up(index) for index in (0, 1)), 90)
        chosen = await asyncio.to_thread(site.command, 1, CAROL, "select", HARD)
        assert chosen.returncode == 0, chosen.stderr
        await soon(lambda: site.user(0, CAROL)["sessions"][0]["device"] == HARD)
        after = await asyncio.to_thread(site.user, 0, CAROL)
        assert [one["id"] for one in after["sessions"]] == [one["id"] for one in before["sessions"]]
        await calls(carol)


@pytest.mark.asyncio
async def test_a_row_that_is_switched_off_ends_its_session_at_once(site: Site) -> None:
    async with signed_in(site.gateways[0], ALICE, "tel:1001") as alice:
        text = "UPDATE line_appearances SET enabled = false WHERE dn = '1001'"
        await asyncio.to_thread(site.sql, text)
        await asyncio.wait_for(alice.over(), 15)
        assert "disabled" in alice.ended
