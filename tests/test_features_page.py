"""docs/features.md against the code: every service and event there is, and who supports it."""

from __future__ import annotations

from pathlib import Path

import pytest

from csta_xml import MakeCall, MonitorStart, MonitorStop, Service
from cstagw.metric_labels import OPERATIONS
from cstagw.services import CAPABILITIES, EVENTS, RULES
from ctimgr_client.jtapi import services as bridge
from ctimgr_client.jtapi.system_services import NOT_IN_PLAIN, honest
from ctimgr_client.serving import views
from ctimgr_client.serving.capabilities import ANNOUNCED, announce
from ctimgr_client.simulator import models, services

PAGE = (Path(__file__).parent.parent / "docs" / "features.md").read_text()
SOFT_PHONE_ONLY_LACKS = "not on Cisco IP Communicator"
WHERE_THE_PHONE_HAS_IT = "yes, where the phone has it"
OF_SOME_PHONES = {"getDoNotDisturb", "setDoNotDisturb", "doNotDisturb"}
GATEWAY_ANSWERS = {"RequestSystemStatus", "GetCSTAFeatures"}


def rows(title: str) -> dict[str, list[str]]:
    """A table's cells by the name in its first column."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {name: rest for name, *rest in cells if not name.startswith("---")}


SERVICE_ROWS, EVENT_ROWS = rows("Services"), rows("Events")
LACKING = {name for lacking in models.MISSING.values() for name in lacking}
SIMULATED = {ANNOUNCED[service].name for service in services.SERVICES}
SIMULATED_EVENTS = {name for names in views.EVENTS.values() for name in names}


def test_every_service_and_event_stands_in_the_page_and_no_other() -> None:
    assert set(SERVICE_ROWS) == {*OPERATIONS, "SystemStatus"}
    assert list(EVENT_ROWS) == [event.__name__ for event in EVENTS]


@pytest.mark.parametrize("service", RULES, ids=lambda service: service.__name__)
def test_what_the_simulator_serves(service: type) -> None:
    name = CAPABILITIES[service]
    expected = SOFT_PHONE_ONLY_LACKS if name in LACKING else "yes"
    _, simulator, _, switch = SERVICE_ROWS[service.__name__]
    assert name in SIMULATED
    assert simulator == expected
    assert switch.startswith("required" if service.__name__ == "SnapshotDevice" else "if offered")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_the_simulator_tells(event: type) -> None:
    flag = EVENTS[event].flag
    name = "netwReached" if flag == "networkReached" else flag
    expected = "yes" if name in SIMULATED_EVENTS else "never"
    assert EVENT_ROWS[event.__name__][1] == (SOFT_PHONE_ONLY_LACKS if name in LACKING else expected)


@pytest.mark.parametrize("service", [*RULES, MonitorStart, MonitorStop], ids=lambda service: service.__name__)
def test_what_the_bridge_serves(service: type[Service]) -> None:
    cell = SERVICE_ROWS[service.__name__][2]
    if service not in bridge.SERVICES:
        assert cell.startswith("not offered: ")
    elif ANNOUNCED[service].name in OF_SOME_PHONES:
        assert cell == WHERE_THE_PHONE_HAS_IT
    else:
        assert cell.partition(",")[0] == "yes"


def test_which_way_of_dialling_the_bridge_offers() -> None:
    offered = honest(announce([MakeCall], {}, frozenset()))
    [make_call] = [one for entry in offered.services for one in entry.capabilities]
    promised = "`prompt` is not offered" not in SERVICE_ROWS["MakeCall"][2]
    assert ("autoOriginatePrompt" in make_call.options) is promised


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_the_bridge_tells(event: type) -> None:
    flag = EVENTS[event].flag
    name = "netwReached" if flag == "networkReached" else flag
    expected = "yes" if name in SIMULATED_EVENTS else "never"
    assert EVENT_ROWS[event.__name__][2] == (WHERE_THE_PHONE_HAS_IT if name in OF_SOME_PHONES else expected)


def test_what_plain_jtapi_lacks_stands_below() -> None:
    note = PAGE.partition("## Where JTAPI differs")[2].partition("\n## ")[0]
    lacks = {
        "directedPickupCall": "pickup",
        "setDoNotDisturb": "do not disturb",
        "backInService": "out of service",
    }
    assert lacks.keys() <= NOT_IN_PLAIN
    assert all(words in note for words in lacks.values())


def test_what_the_gateway_answers_itself() -> None:
    for column in (1, 2, 3):
        own = {name for name, cells in SERVICE_ROWS.items() if cells[column] == "the gateway answers"}
        assert own == GATEWAY_ANSWERS
