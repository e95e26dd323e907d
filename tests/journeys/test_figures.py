"""What an administrator can see of a node that works."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import ALICE, House, until

pytestmark = pytest.mark.asyncio


async def seen(house: House, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await house.get(path))[1])
    return found


async def test_status_tells_of_connections_dialogs_and_transactions(house: House) -> None:
    await house.client(ALICE, "tel:1001")
    sip = (await seen(house, "/admin/v1/status"))["sip"]
    assert sip["connections"]["tcp"] == 1
    assert sip["dialogs"] == 1
    assert sip["transactions"].keys() == {"server", "client"}


async def test_metrics_tell_of_the_sip_side(house: House) -> None:
    await house.client(ALICE, "tel:1001")
    _, writer = await house.raw()
    writer.write(b"SUBSCRIBE\r\n\r\n")
    text = (await house.get("/metrics"))[1].splitlines()
    writer.close()
    assert "cstagw_sip_connections_accepted_total 2.0" in text
    assert 'cstagw_sip_connections{transport="tcp"} 2.0' in text
    assert 'cstagw_sip_requests_total{direction="in",method="INVITE"} 1.0' in text
    assert 'cstagw_sip_responses_total{code="200",direction="out",method="INVITE"} 1.0' in text
    assert 'cstagw_sip_parse_errors_total{reason="malformed"} 1.0' in text
    assert "cstagw_draining 0.0" in text


async def test_the_last_error_of_a_ctimanager_has_an_age(house: House) -> None:
    async def first() -> dict[str, Any]:
        one: dict[str, Any] = (await seen(house, "/admin/v1/ctimanagers"))["ctimanagers"][0]
        return one

    before = await first()
    assert (before["last_error"], before["last_error_seconds_ago"]) == (None, None)
    await house.fault("ctim1", "crash")
    await until(lambda: house.node.facts().cti_in_service == 1)
    await house.fault("ctim1", "none")
    await until(lambda: house.node.facts().cti_in_service == 2, within=8)
    after = await first()
    assert after["state"] == "IN_SERVICE"
    assert after["last_error"]
    assert 0 <= after["since_seconds"] <= after["last_error_seconds_ago"] < 10
