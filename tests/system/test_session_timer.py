"""A session interval of 90 real seconds: kept by UPDATE, ended in time where nobody refreshes (RFC 4028)."""

from __future__ import annotations

import asyncio

import pytest

from ..journeys.raw import RawClient, csta
from .conftest import Running, wait_until

INTERVAL = 90
SHORT = f"Session-Expires: {INTERVAL};refresher=uac"


async def refreshed(gateway: Running, extra: str, line: str) -> None:
    """A client that refreshes every 40 s is still served after more than the interval."""
    client = await RawClient.connect("127.0.0.1", gateway.sip, line, "kept")
    answer = await client.sign_in(extra=SHORT)
    assert answer["session-expires"] == f"{INTERVAL};refresher=uac"
    for _ in range(3):
        await asyncio.sleep(40)
        update = await client.answer_to(client.request("UPDATE", extra=extra))
        assert (update.status, update["session-expires"]) == (200, f"{INTERVAL};refresher=uac")
    alive = await client.answer_to(client.request("INFO", csta("RequestSystemStatus")))
    assert "normal" in alive.body
    assert (await client.answer_to(client.request("BYE"))).status == 200
    await client.close()


async def forgotten(gateway: Running) -> None:
    """A client that does not refresh gets BYE, after two thirds of the interval and before its end."""
    client = await RawClient.connect("127.0.0.1", gateway.sip, "tel:1003", "forgotten")
    await client.sign_in(extra=SHORT)
    await client.monitor()
    begun = asyncio.get_running_loop().time()
    bye = await client.receive(within=INTERVAL + 5)
    waited = asyncio.get_running_loop().time() - begun
    assert bye.method == "BYE"
    assert "no session refresh" in bye["reason"]
    assert INTERVAL - 32 <= waited <= INTERVAL
    gone = await client.answer_to(client.request("INFO", csta("RequestSystemStatus")))
    assert gone.status == 481
    await client.close()


@pytest.mark.asyncio
async def test_sessions_are_kept_by_update_and_ended_without(gateway: Running) -> None:
    await asyncio.gather(
        refreshed(gateway, "", "tel:1001"),
        refreshed(gateway, SHORT, "tel:1002"),
        forgotten(gateway),
    )
    await asyncio.to_thread(wait_until, lambda: gateway.metric('cstagw_sessions{state="open"}') == 0)
    assert gateway.metric("cstagw_csta_monitors") == 0
    assert gateway.metric('cstagw_sessions_ended_total{reason="timer"}') == 1
