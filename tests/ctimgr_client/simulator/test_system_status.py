"""Who is told how the cluster is."""

import pytest

from csta_xml import (
    RequestSystemStatus,
    RequestSystemStatusResponse,
    SystemRegister,
    SystemRegisterCancel,
    SystemRegisterCancelResponse,
    SystemRegisterResponse,
    SystemStatus,
    SystemStatusResponse,
    SystemStatusValue,
    encode,
)
from ctimgr_client.serving.application import MAX_REGISTRATIONS
from ctimgr_client.simulator import nodes
from tests.ctimgr_client.simulator.talker import Site, Talker

PARTLY, NORMAL = SystemStatusValue.PARTIALLY_DISABLED, SystemStatusValue.NORMAL


def told(client: Talker) -> list[tuple[str | None, SystemStatusValue]]:
    client.site.settle()
    client.listen()
    said = [(number, each) for number, each in client.heard if isinstance(each, SystemStatus)]
    client.heard.clear()
    assert {number for number, _ in said} <= {9999}
    return [(each.sys_stat_register_id, each.system_status) for _, each in said]


def fail(site: Site, name: str = "cucm1") -> None:
    nodes.fail(site.scene.cluster, site.scene.node(name), site.scene.now)


def restore(site: Site, name: str = "cucm1") -> None:
    nodes.restore(site.scene.cluster, site.scene.node(name), site.scene.now)


def register(client: Talker, *types: str, without: frozenset[str] | None = None) -> str:
    wish = SystemRegister(request_types=frozenset(types), requested_status_filter=without)
    answer = client.ask(wish)
    assert isinstance(answer, SystemRegisterResponse)
    client.heard.clear()
    return answer.sys_stat_register_id


def test_a_session_is_told_of_failing_and_returning_nodes() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.heard.clear()
    fail(site)
    assert told(client) == [(None, PARTLY)]
    assert client.ask(RequestSystemStatus()) == RequestSystemStatusResponse(system_status=PARTLY)
    fail(site)  # it has failed already
    assert told(client) == []
    fail(site, "cucm2")
    restore(site)
    assert told(client) == [(None, PARTLY)]
    restore(site, "cucm2")
    restore(site, "cucm2")
    assert told(client) == [(None, NORMAL)]
    assert client.ask(RequestSystemStatus()) == RequestSystemStatusResponse(system_status=NORMAL)


def test_the_answer_of_the_application_is_passed_over() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.heard.clear()
    client.say(encode(SystemStatusResponse()), 9999)
    client.listen()
    assert client.heard == []


def test_who_registered_is_told_under_the_number_of_the_registration() -> None:
    site = Site()
    client = Talker(site, site.cti(), start=False)
    number = register(client, "systemStatus")
    fail(site)
    assert told(client) == [(number, PARTLY)]


def test_what_is_filtered_out_or_not_asked_for_is_not_told() -> None:
    site = Site()
    client = Talker(site, site.cti())
    register(client, "requestSystemStatus")
    number = register(client, "systemStatus", without=frozenset({"partiallyDisabled"}))
    fail(site)
    restore(site)
    assert told(client) == [(number, NORMAL)]


def test_who_opened_with_a_status_of_its_own_is_not_told() -> None:
    site = Site()
    client = Talker(site, site.cti(), start=False)
    assert client.ask(SystemStatus(system_status=NORMAL)) == SystemStatusResponse()
    client.heard.clear()
    fail(site)
    assert told(client) == []


def test_a_registration_is_cancelled_once() -> None:
    site = Site()
    client = Talker(site, site.cti(), start=False)
    number = register(client, "systemStatus")
    cancel = SystemRegisterCancel(sys_stat_register_id=number)
    assert client.ask(cancel) == SystemRegisterCancelResponse()
    assert client.refused(cancel) == "operation/invalidParameterValue"
    client.heard.clear()
    fail(site)
    assert told(client) == []


def test_a_registration_of_another_application_is_not_ones_own() -> None:
    site = Site()
    cti = site.cti()
    number = register(Talker(site, cti), "systemStatus")
    other = Talker(site, cti)
    refusal = other.refused(SystemRegisterCancel(sys_stat_register_id=number))
    assert refusal == "operation/invalidParameterValue"


def test_registrations_are_bounded() -> None:
    site = Site()
    client = Talker(site, site.cti())
    for _ in range(MAX_REGISTRATIONS):
        register(client, "systemStatus")
    wish = SystemRegister(request_types=frozenset({"systemStatus"}))
    assert client.refused(wish) == "systemResourceAvailibility/resourceLimitExceeded"


@pytest.mark.parametrize("start", [True, False])
def test_who_is_gone_is_told_nothing(start: bool) -> None:
    site = Site()
    client = Talker(site, site.cti(), start=start)
    if not start:
        register(client, "systemStatus")
    client.provider.end()
    client.provider.out.clear()
    fail(site)
    site.settle()
    assert client.provider.out == []
