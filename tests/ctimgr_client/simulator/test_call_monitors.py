"""Monitors of calls see the end of calls, and nothing that is no call."""

from csta_xml import (
    CallClearedEvent,
    CallId,
    ConnectionId,
    DeviceId,
    MonitorStart,
    MonitorStartResponse,
    MonitorType,
)
from ctimgr_client.simulator import nodes
from tests.ctimgr_client.simulator.talker import Site, Talker

ONE = DeviceId("tel:1001;device=SEP000000001001")


def watch(site: Site, number: str) -> Talker:
    client = Talker(site, site.cti())
    request = MonitorStart(monitor_object=DeviceId(number), monitor_type=MonitorType.CALL)
    assert isinstance(client.ask(request), MonitorStartResponse)
    client.heard.clear()
    return client


def names(client: Talker) -> list[str]:
    client.site.settle()
    return [type(event).__name__ for event in client.events()]


def test_the_end_of_a_call_comes_last() -> None:
    site = Site()
    client = watch(site, ONE)
    call = site.scene.dial("1001", "1002")
    site.settle()
    client.events()
    site.scene.hangup("1001", call)
    site.settle()
    events = client.events()
    assert [type(event).__name__ for event in events] == [
        "ConnectionClearedEvent",
        "ConnectionClearedEvent",
        "CallClearedEvent",
    ]
    last = events[-1]
    assert isinstance(last, CallClearedEvent)
    assert last.cleared_call == ConnectionId(CallId("1_4a11"), None)
    assert last.cause == "callCancelled"


def test_who_left_a_call_still_learns_its_end() -> None:
    site = Site()
    held = site.scene.talk("1001", "1002")
    active = site.scene.talk("1001", "1003")
    site.settle()
    client = watch(site, ONE)
    site.scene.transfer("1001", held, active)
    assert names(client) == ["TransferedEvent", "CallClearedEvent"]
    site.scene.hangup("1002", held)
    assert names(client) == ["CallClearedEvent"]


def test_a_call_that_goes_into_a_conference_is_cleared_after_it() -> None:
    site = Site()
    held = site.scene.talk("1001", "1002")
    active = site.scene.talk("1001", "1003")
    site.settle()
    controller, staying, moving = watch(site, ONE), watch(site, "1002"), watch(site, "1003")
    site.scene.conference("1001", held, active)
    assert names(controller) == ["ConferencedEvent", "CallClearedEvent"]
    assert names(staying) == ["ConferencedEvent"]
    assert names(moving) == ["ConferencedEvent", "CallClearedEvent"]


def test_what_is_no_call_is_not_told() -> None:
    site = Site()
    client = watch(site, ONE)
    site.scene.forward("1001", "1002")
    site.scene.quiet("1001")
    nodes.unregister(site.scene.cluster, site.scene.device("1001"))
    assert names(client) == []


def test_a_monitor_of_a_device_is_not_told_of_the_end_of_calls() -> None:
    site = Site()
    client = Talker(site, site.cti())
    client.monitor(ONE)
    site.scene.hangup("1001", site.scene.dial("1001", "1901"))
    assert "CallClearedEvent" not in names(client)


def test_the_end_of_calls_can_be_filtered_out() -> None:
    site = Site()
    client = Talker(site, site.cti())
    kept_back = frozenset({"callCleared"})
    client.ask(
        MonitorStart(monitor_object=ONE, monitor_type=MonitorType.CALL, requested_monitor_filter=kept_back)
    )
    client.heard.clear()
    site.scene.hangup("1001", site.scene.dial("1001", "1901"))
    assert "CallClearedEvent" not in names(client)
