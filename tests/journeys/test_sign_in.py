"""Journey 1: INVITE, features and monitor, and every way in which a sign-in is refused."""

import json
from typing import Any

import pytest

from csta_xml import (
    DeviceId,
    GetCSTAFeaturesResponse,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    SystemStatusValue,
)
from cstagw.cli.cti import render
from cstagw.client import RccClient, ServiceRefused, SignInRefused
from cstagw.services import CAPABILITIES
from sip import Target, Transport

from .conftest import ALICE, BOB, House, started, until

pytestmark = pytest.mark.asyncio


async def test_a_client_signs_in_asks_for_features_monitors_and_signs_out(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001;phone-context=dialstring")
    assert isinstance(alice.features, GetCSTAFeaturesResponse)
    names = {one.name for entry in alice.features.services for one in entry.capabilities}
    assert {
        "makeCall",
        "answerCall",
        "holdCall",
        "retrieveCall",
        "clearConnection",
        "snapshotDevice",
    } <= names
    assert house.node.session_count() == 1
    assert house.node.monitors() == 1
    await alice.sign_out()
    await until(lambda: house.node.session_count() == 0)
    assert house.node.monitors() == 0


async def test_only_what_is_served_is_advertised(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    assert alice.features is not None
    served = {one.name for entry in alice.features.services for one in entry.capabilities}
    own = {"getCSTAFeatures", "requestSystemStatus", "systemStatus", "monitorStart", "monitorStop"}
    assert served == own | set(CAPABILITIES.values())


async def test_the_status_of_a_session_is_normal(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    answer = await alice.service(RequestSystemStatus())
    assert answer == RequestSystemStatusResponse(system_status=SystemStatusValue.NORMAL)


async def test_two_sessions_of_one_line_on_one_link_share_a_monitor(house: House) -> None:
    # Three sessions over two CTIManagers: the first and the third are on the same one.
    first = await house.client(ALICE, "tel:1001")
    await house.client(BOB, "tel:1001")
    await house.client(BOB, "tel:1001;phone-context=dialstring")
    assert house.node.monitors() == 2
    assert sorted(house.node.link_sessions().values()) == [1, 2]
    await first.sign_out()
    assert house.node.monitors() == 2


async def test_sessions_are_spread_round_robin(house: House) -> None:
    for number in range(1001, 1005):
        await house.client(f"sip:u{number}@example.com", f"tel:{number}")
    assert house.node.link_sessions() == {"ctim1": 2, "ctim2": 2}


async def test_each_session_gives_out_its_own_monitor_reference(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    again = await alice.service(MonitorStart(monitor_object=DeviceId("tel:1001")))
    assert isinstance(again, MonitorStartResponse)
    assert house.node.monitors() == 1
    await alice.service(MonitorStop(monitor_cross_ref_id=again.monitor_cross_ref_id))
    with pytest.raises(ServiceRefused, match="invalidMonitorCrossRefID"):
        await alice.service(MonitorStop(monitor_cross_ref_id=again.monitor_cross_ref_id))


async def test_the_line_of_somebody_else_cannot_be_monitored(house: House) -> None:
    alice = await house.client(ALICE, "tel:1001")
    with pytest.raises(ServiceRefused, match="privilegeViolationSpecifiedDevice"):
        await alice.service(MonitorStart(monitor_object=DeviceId("tel:1002")))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("tel:9999", 404),
        ("tel:1001;device=SEP000000009999", 404),
        ("sip:1001@example.com", 404),
        ("tel:10x01", 404),
    ],
)
async def test_a_line_that_is_not_there_is_404(house: House, line: str, status: int) -> None:
    with pytest.raises(SignInRefused) as refused:
        await house.client(ALICE, line)
    assert refused.value.status == status
    assert house.node.session_count() == 0


async def test_a_line_that_was_refused_stands_below_its_ctimanager_until_it_is_given(house: House) -> None:
    device = "SEP000000001001"
    for line, user in (("tel:9999", ALICE), (f"tel:1002;device={device}", BOB)):
        with pytest.raises(SignInRefused):
            await house.client(user, line)
    said = "\n".join(render(await ctimanagers(house)))
    assert "s ago: Address 9999 is not in provider's domain: the CTIManager has no such line" in said
    assert f"s ago: Address 1002 on {device} is not in provider's domain" in said
    assert "associate the device with the application user in CUCM and tick Allow Control of Device" in said
    assert await house.post("/sim/v1/devices/SEP000000001002/move", {"line": "1002", "to": device}) == 200
    for user in ("sip:c@example.com", "sip:d@example.com"):  # one over each CTIManager
        await house.client(user, f"tel:1002;device={device}")
    lines = [one["line"] for link in await ctimanagers(house) for one in link["refused_lines"]]
    assert lines == ["9999"]


async def ctimanagers(house: House) -> list[dict[str, Any]]:
    status, text = await house.get("/admin/v1/ctimanagers")
    assert status == 200
    links: list[dict[str, Any]] = json.loads(text)["ctimanagers"]
    return links


async def test_a_line_whose_phone_is_not_registered_can_be_signed_in_to(house: House) -> None:
    await house.phone("SEP000000001001", "unregister")
    client = RccClient(ALICE, "tel:1001", house.gateway)
    house.clients.append(client)
    await client.sign_in(monitor=False)
    assert house.node.session_count() == 1


async def test_the_limit_of_sessions_is_480_with_retry_after() -> None:
    node = await started(session__max_sessions=1)
    address = node.sip_addresses[0]
    gateway = Target(Transport.TCP, address.host, address.port)
    first, second = RccClient(ALICE, "tel:1001", gateway), RccClient(BOB, "tel:1002", gateway)
    await first.sign_in()
    with pytest.raises(SignInRefused, match="480") as refused:
        await second.sign_in()
    assert "limit of 1 sessions" in str(refused.value)
    await second.sign_out()
    await first.sign_out()
    await node.stop()
