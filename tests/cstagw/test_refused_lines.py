"""Lines that CTIManagers do not let us control: remembered for an hour, said once, no more than so many."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from cstagw.errors import operation
from cstagw.identity import LineAppearance
from cstagw.refused_lines import MAX_LINES, REMEMBERED, RefusedLines

UNKNOWN, DENIED = operation("invalidDeviceID"), operation("privilegeViolationSpecifiedDevice")
LINE = LineAppearance("4503", "SEP0011", "PT_INT")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def lines_of(refused: RefusedLines, cti: str = "cucm1") -> list[object]:
    return [one["line"] for one in refused.report(cti)]


def test_cause_and_cure_name_the_line_and_what_to_do() -> None:
    clock = Clock()
    refused = RefusedLines(clock)
    refused.refused("cucm1", LINE, UNKNOWN)
    clock.now += 40
    [one] = refused.report("cucm1")
    assert (one["seconds_ago"], one["line"]) == (40.0, "4503 on SEP0011 in partition PT_INT")
    assert str(one["cause"]).startswith(
        "Address 4503 on SEP0011 in partition PT_INT is not in provider's domain: "
    )
    assert "tick Allow Control of Device from CTI" in str(one["cure"])
    assert refused.report("cucm2") == []


@pytest.mark.parametrize("value", ["resourceOutOfService", "deviceOutOfService", "resourceBusy", "generic"])
def test_what_is_no_matter_of_configuration_is_left_out(value: str) -> None:
    refused = RefusedLines(Clock())
    refused.refused("cucm1", LINE, operation(value))
    assert refused.report("cucm1") == []


def test_a_line_that_is_refused_again_is_said_once_an_hour() -> None:
    clock = Clock()
    refused = RefusedLines(clock)
    with capture_logs() as log:
        for _ in range(3):
            refused.refused("cucm1", LINE, DENIED)
            clock.now += REMEMBERED - 1
    assert [record["event"] for record in log] == ["cti.line_refused"]
    assert log[0]["cti"] == "cucm1"
    clock.now += 2
    assert refused.report("cucm1") == []
    with capture_logs() as log:
        refused.refused("cucm1", LINE, DENIED)
    assert len(log) == 1


def test_one_that_is_given_is_forgotten() -> None:
    refused = RefusedLines(Clock())
    refused.refused("cucm1", LINE, DENIED)
    refused.given("cucm2", LINE)
    refused.given("cucm1", LineAppearance("4503", "sep0011", "PT_INT"))
    assert refused.report("cucm1") == []


def test_no_more_than_so_many_the_newest_first() -> None:
    refused = RefusedLines(Clock())
    for number in range(MAX_LINES + 5):
        refused.refused("cucm1", LineAppearance(str(number)), UNKNOWN)
    refused.refused("cucm1", LineAppearance("5"), UNKNOWN)
    assert lines_of(refused) == ["5", *(str(n) for n in range(MAX_LINES + 4, 5, -1))]
