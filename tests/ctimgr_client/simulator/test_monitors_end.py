"""Lines that go to other phones: which applications are told, and what they have open afterwards."""

from csta_xml import (
    DeviceId,
    GetForwarding,
    GetForwardingResponse,
    MakeCall,
    MonitorStart,
    MonitorStartResponse,
    MonitorStop,
    MonitorStopResponse,
    MonitorType,
    RequestSystemStatus,
    RequestSystemStatusResponse,
    Service,
    SnapshotDevice,
    SystemRegister,
    encode,
)
from ctimgr_client.frames import EVENT_INVOKE_ID
from ctimgr_client.serving.limits import Limits
from tests.ctimgr_client.simulator.scene import HARD, SOFT
from tests.ctimgr_client.simulator.talker import Site, Talker

HOME, AWAY = "SEP000000001001", "SEP000000001004"
OLD, NEW = f"tel:1001;device={HOME}", f"tel:1001;device={AWAY}"


# -- who is told --


def site_of(*numbers: str) -> tuple[Site, list[tuple[Talker, MonitorStop]]]:
    """A monitor of each number by an application of its own; with the message that would stop it."""
    site = Site()
    talkers = [Talker(site, site.cti(f"ctim{count}")) for count, _ in enumerate(numbers, 1)]
    started = [talker.monitor(number) for talker, number in zip(talkers, numbers, strict=True)]
    stops = [MonitorStop(monitor_cross_ref_id=each.monitor_cross_ref_id) for each in started]
    return site, list(zip(talkers, stops, strict=True))


def move(site: Site, number: str, device: str) -> None:
    site.scene.log_in(number, device)
    site.settle()


def told(talker: Talker) -> list[object]:
    """What came without being asked for, once."""
    talker.listen()
    heard, talker.heard = talker.heard, []
    assert {invoke_id for invoke_id, _ in heard} <= {EVENT_INVOKE_ID}
    return [said for _, said in heard]


def test_every_application_that_looks_is_told_with_its_own_reference() -> None:
    site, watchers = site_of("1001", "1001", OLD, "1002", "1004")
    move(site, "1001", AWAY)
    for talker, stop in watchers[:3]:
        assert told(talker) == [stop]
        assert talker.cti.devices.open == 0
    for talker, _ in watchers[3:]:
        assert told(talker) == []
        assert talker.cti.devices.open == 1
    assert len(site.monitors) == 2


def test_every_monitor_of_one_application_is_stopped_whatever_it_wants() -> None:
    site = Site()
    talker = Talker(site, site.cti())
    keeping = frozenset({"delivered", "backInService", "outOfService"})
    stops = []
    for wish in (
        MonitorStart(monitor_object=DeviceId("tel:1001")),
        MonitorStart(monitor_object=DeviceId("tel:1001"), monitor_type=MonitorType.CALL),
        MonitorStart(monitor_object=DeviceId("tel:1001"), requested_monitor_filter=keeping),
    ):
        started = talker.ask(wish)
        assert isinstance(started, MonitorStartResponse)
        stops.append(MonitorStop(monitor_cross_ref_id=started.monitor_cross_ref_id))
    talker.heard.clear()
    move(site, "1001", AWAY)
    assert told(talker) == stops
    assert (len(site.monitors), talker.cti.devices.open) == (0, 0)


def test_a_stopped_monitor_is_unknown_and_says_nothing_more() -> None:
    site, [(talker, stop)] = site_of("1001")
    move(site, "1001", AWAY)
    talker.listen()
    assert talker.refused(stop) == "operation/invalidMonitorCrossRefID"
    talker.heard.clear()
    site.scene.talk("1002", "1001")
    site.settle()
    move(site, "1004", HOME)
    assert told(talker) == []
    talker.provider.end()
    assert talker.cti.sessions == 0


def test_the_answer_of_the_application_is_taken_in_silence() -> None:
    site, [(talker, _)] = site_of("1001")
    move(site, "1001", AWAY)
    talker.listen()
    talker.say(encode(MonitorStopResponse()), EVENT_INVOKE_ID)
    assert talker.provider.out == []
    assert isinstance(talker.ask(RequestSystemStatus()), RequestSystemStatusResponse)


def test_what_happened_before_is_told_before() -> None:
    site, [(talker, stop)] = site_of("1001")
    call = site.scene.dial("1002", "1001")
    site.scene.hangup("1002", call)
    site.scene.log_in("1001", AWAY)
    site.settle()
    *events, last = told(talker)
    names = [type(event).__name__ for event in events]
    assert names == ["DeliveredEvent", "ConnectionClearedEvent", "ConnectionClearedEvent"]
    assert last == stop


def test_an_application_without_a_session_is_told_too() -> None:
    site = Site()
    talker = Talker(site, site.cti(), start=False)
    talker.ask(SystemRegister(request_types=frozenset({"systemStatus"})))
    started = talker.monitor("1001")
    move(site, "1001", AWAY)
    assert told(talker) == [MonitorStop(monitor_cross_ref_id=started.monitor_cross_ref_id)]


def test_an_application_that_went_at_the_same_time_is_told_nothing() -> None:
    site, [(talker, _)] = site_of("1001")
    site.scene.log_in("1001", AWAY)
    talker.provider.end()
    site.settle()
    assert told(talker) == []
    assert (len(site.monitors), talker.cti.devices.open) == (0, 0)


def test_the_other_appearance_of_a_shared_line_is_watched_on() -> None:
    site, [(hard, stop), (soft, _)] = site_of(HARD, SOFT)
    move(site, HARD, AWAY)
    assert told(hard) == [stop]
    site.scene.dial("1001", "1100")
    site.settle()
    assert [type(message).__name__ for message in told(soft)] == ["DeliveredEvent"]
    assert told(hard) == []


def test_the_old_identifier_is_refused_and_the_new_one_served() -> None:
    site, [(talker, _)] = site_of("1001")
    move(site, "1001", AWAY)
    talker.listen()
    talker.heard.clear()
    old = DeviceId(OLD)
    asked: list[Service] = [
        MonitorStart(monitor_object=old),
        SnapshotDevice(snapshot_object=old),
        RequestSystemStatus(line=old),
        GetForwarding(device=old),
        MakeCall(calling_device=old, called_directory_number=DeviceId("1002")),
    ]
    for service in asked:
        assert talker.refused(service) == "operation/invalidDeviceID", service
    assert isinstance(talker.ask(GetForwarding(device=DeviceId(NEW))), GetForwardingResponse)
    assert talker.make_call("tel:1001", "1904").device_id == NEW


def test_a_new_monitor_sees_the_line_at_its_new_device() -> None:
    site, [(talker, _)] = site_of("1001")
    move(site, "1001", AWAY)
    talker.listen()
    talker.heard.clear()
    talker.monitor("1001")
    call = site.scene.dial("1002", "1001")
    site.settle()
    (event,) = talker.events()
    assert getattr(event, "alerting_device", None) == NEW
    site.scene.hangup(NEW, call)
    site.settle()
    talker.events()
    move(site, "1001", HOME)
    assert [type(message).__name__ for message in told(talker)] == ["MonitorStop"]
    assert (len(site.monitors), talker.cti.devices.open) == (0, 0)


# -- what is counted --


def test_a_device_is_closed_with_the_last_monitor_of_its_lines() -> None:
    site = Site(Limits(devices_per_provider=1, devices_per_node=1, monitors_per_session=2))
    talker = Talker(site, site.cti())
    talker.monitor("1300")
    talker.monitor("1301")
    assert talker.cti.devices.open == 1
    move(site, "1300", AWAY)
    assert talker.cti.devices.open == 1
    move(site, "1301", AWAY)
    assert talker.cti.devices.open == 0
    for number in ("1300", "1301"):
        talker.monitor(number)
    assert talker.cti.devices.open == 1
    assert site.alarms == []
    talker.provider.end()
    assert (talker.cti.devices.open, len(site.monitors)) == (0, 0)


def test_a_line_that_goes_to_a_device_of_its_own_counts_there() -> None:
    site = Site(Limits(devices_per_provider=1))
    talker = Talker(site, site.cti())
    talker.monitor("1300")
    talker.monitor("1301")
    move(site, "1300", AWAY)
    assert site.alarms == []
    talker.listen()
    talker.heard.clear()
    talker.monitor("1300")
    assert talker.cti.devices.open == 2
    assert site.alarms == ["provider ctim1-000001 has more than 1 devices open"]
