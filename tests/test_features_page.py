"""docs/features.md against the code: every service and event there is, and who supports it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from cstagw.metric_labels import OPERATIONS
from cstagw.services import CAPABILITIES, EVENTS, RULES
from ctimgr_client.serving import views
from ctimgr_client.serving.capabilities import ANNOUNCED
from ctimgr_client.simulator import models, services

PAGE = (Path(__file__).parent.parent / "docs" / "features.md").read_text()
SOFT_PHONE_ONLY_LACKS = "not on Cisco IP Communicator"
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


def test_the_bridge_is_not_promised_before_it_is_there() -> None:
    column = {name: cells[2] for name, cells in (SERVICE_ROWS | EVENT_ROWS).items()}
    own = {name for name, text in column.items() if text == "the gateway answers"}
    assert own == GATEWAY_ANSWERS
    assert find_spec("ctimgr_client.jtapi") is None
    assert {text for name, text in column.items() if name not in own} == {"not yet"}
