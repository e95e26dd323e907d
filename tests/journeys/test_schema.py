"""That every body sent in a journey is valid. The check itself is in conftest; here: that it finds faults."""

import os
from pathlib import Path

import pytest

from csta_xml import DeviceId, MonitorCrossRefId, MonitorStart, OutOfServiceEvent
from tests.journeys.bodies import Bodies


@pytest.fixture
def schema() -> Path:
    path = os.environ.get("CSTA_XSD")
    if not path:
        pytest.skip("bodies sent are not validated: set CSTA_XSD to the path of a schema file")
    return Path(path)


def test_a_body_that_breaks_the_schema_is_found(schema: Path) -> None:
    bodies = Bodies()
    bodies.encode(MonitorStart(monitor_object=DeviceId("tel:1001")))
    assert bodies.violations(schema) == []
    wrong = OutOfServiceEvent(
        monitor_cross_ref_id=MonitorCrossRefId("1"), device=DeviceId("tel:1001"), cause="noSuchCause"
    )
    bodies.encode(wrong)
    [violation] = bodies.violations(schema)
    assert "noSuchCause" in violation
