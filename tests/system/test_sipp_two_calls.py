"""SIPp plays a user who talks with one party, asks another, and brings them together: transfer, conference.

Every body is compared as a whole, and a message that was not expected fails the scenario.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .bodies import call_snapshot, cleared, established, on
from .cluster import calls, press
from .conftest import Running
from .desk import ME, Desk
from .play import play
from .two_calls import SECOND, confers, consults, transfers


def is_answered(desk: Desk, number: str) -> None:
    """The phone that was consulted is picked up."""
    desk.phone(number, "answer")
    desk.sees(established(number, ME, number, call=SECOND))


def test_consultation_transfer(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("consultation transfer", gateway)
    desk.talks_with("1002")
    consults(desk, "1003")
    is_answered(desk, "1003")
    transfers(desk, "1002", "1003")
    play(gateway, tmp_path, desk)
    assert calls(gateway) == [{"1002": "connected", "1003": "connected"}]


def test_transfer_while_it_rings(gateway: Running, tmp_path: Path) -> None:
    desk = Desk("transfer while it rings", gateway)
    desk.dials("1901")
    desk.sees(*desk.hears("1901"))
    consults(desk, "1003")
    transfers(desk, "1901", "1003")
    play(gateway, tmp_path, desk)
    assert calls(gateway) == [{"1901": "connected", "1003": "alerting"}]
    press(gateway, "1003", "answer")
    assert calls(gateway) == [{"1901": "connected", "1003": "connected"}]


@pytest.fixture
def conference(gateway: Running) -> Desk:
    """1002 called the user, who called 1003 and brought them together."""
    desk = Desk("conference", gateway)
    desk.talks_with("1002")
    consults(desk, "1003")
    is_answered(desk, "1003")
    confers(desk, "1002", "1003")
    return desk


def test_conference(gateway: Running, conference: Desk, tmp_path: Path) -> None:
    everybody = [(number, "connected") for number in (ME, "1002", "1003")]
    conference.asks("SnapshotCall", on("snapshotObject", ME), answer=call_snapshot("1002", ME, *everybody))
    play(gateway, tmp_path, conference)
    assert calls(gateway) == [dict(everybody)]


def test_who_leaves_a_conference_leaves_alone(gateway: Running, conference: Desk, tmp_path: Path) -> None:
    conference.phone("1003", "hangup")
    conference.sees(cleared("1003", "connected"))
    conference.gets("ClearConnection", on("connectionToBeCleared", ME))
    conference.sees(cleared(ME, "null"), cleared("1002", "null"))
    play(gateway, tmp_path, conference)
    assert calls(gateway) == []
