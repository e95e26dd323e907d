"""One monitor per link and line, shared and counted."""

from csta_xml import MonitorCrossRefId, MonitorType
from cstagw.identity import LineAppearance, LineUri
from cstagw.monitors import Joining, Monitors
from cstagw.session import Session
from ctimgr_client import LinkId

LINK, DEVICE = LinkId("ctim1", 1), MonitorType.DEVICE
A, B, THEIRS = MonitorCrossRefId("a"), MonitorCrossRefId("b"), MonitorCrossRefId("theirs")


def session(number: str = "1001", link: LinkId = LINK) -> Session:
    return Session("s", "sip:a@x", LineUri.parse(f"tel:{number}"), LineAppearance(number), link, "ns", 0.0)


def test_the_first_starts_it_the_second_waits_the_third_is_ready() -> None:
    monitors, first, second, third = Monitors(), session(), session(), session()
    monitor, joining = monitors.join(first, A, DEVICE)
    assert joining is Joining.START
    assert monitors.join(second, A, DEVICE)[1] is Joining.WAIT
    assert monitors.started(monitor, THEIRS)
    assert monitors.join(third, A, DEVICE)[1] is Joining.READY
    assert monitors.watching(LINK, THEIRS) == [(first, A), (second, A), (third, A)]
    assert len(monitors) == 1


def test_the_last_one_out_stops_it() -> None:
    monitors, first, second = Monitors(), session(), session()
    monitor, _ = monitors.join(first, A, DEVICE)
    monitors.join(second, B, DEVICE)
    monitors.started(monitor, THEIRS)
    assert monitors.leave(first, A) is None
    assert monitors.leave(second, B) == THEIRS
    assert monitors.leave(second, B) is None
    assert monitors.watching(LINK, THEIRS) == []
    assert len(monitors) == 0


def test_nobody_left_when_it_starts() -> None:
    monitors, first = Monitors(), session()
    monitor, _ = monitors.join(first, A, DEVICE)
    assert monitors.leave(first, A) is None
    assert not monitors.started(monitor, THEIRS)


def test_a_new_one_while_an_abandoned_one_is_starting_is_another_monitor() -> None:
    monitors, first, second = Monitors(), session(), session()
    old, _ = monitors.join(first, A, DEVICE)
    monitors.leave(first, A)
    new, joining = monitors.join(second, A, DEVICE)
    assert (joining, new is old) == (Joining.START, False)
    assert not monitors.started(old, THEIRS)
    assert monitors.started(new, MonitorCrossRefId("other"))


def test_a_refused_start_can_be_tried_again() -> None:
    monitors, first = Monitors(), session()
    monitor, _ = monitors.join(first, A, DEVICE)
    monitors.refused(monitor)
    assert monitors.join(first, B, DEVICE)[1] is Joining.START


def test_other_lines_and_links_are_other_monitors() -> None:
    monitors = Monitors()
    for one in (
        session(),
        session("1002"),
        session(link=LinkId("ctim1", 2)),
        session(link=LinkId("ctim2", 1)),
    ):
        assert monitors.join(one, A, DEVICE)[1] is Joining.START
    assert len(monitors) == 4


def test_a_lost_link_takes_its_monitors_with_it() -> None:
    monitors, other = Monitors(), LinkId("ctim2", 1)
    monitor, _ = monitors.join(session(), A, DEVICE)
    monitors.started(monitor, THEIRS)
    kept, _ = monitors.join(session(link=other), A, DEVICE)
    monitors.started(kept, THEIRS)
    monitors.link_lost(LINK)
    assert monitors.watching(LINK, THEIRS) == []
    assert len(monitors.watching(other, THEIRS)) == 1
