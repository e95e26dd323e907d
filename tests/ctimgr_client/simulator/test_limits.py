from csta_xml import DeviceId, MonitorStop
from ctimgr_client.serving.limits import Limits
from tests.ctimgr_client.simulator.talker import Site, Talker


def test_over_the_provider_limit_there_is_one_alarm_and_service() -> None:
    site = Site(Limits(devices_per_provider=2))
    talker = Talker(site, site.cti())
    for dn in range(1001, 1006):
        talker.monitor(f"tel:{dn}")
    assert site.alarms == ["provider ctim1-000001 has more than 2 devices open"]
    assert talker.cti.devices.open == 5
    talker.make_call("tel:1005", "1904")
    assert len(talker.events()) == 3


def test_the_node_limit_counts_all_applications_of_one_manager() -> None:
    site = Site(Limits(devices_per_node=2))
    cti, other = site.cti("ctim1"), site.cti("ctim2")
    first, second, third = Talker(site, cti), Talker(site, cti), Talker(site, other)
    first.monitor("tel:1001")
    second.monitor("tel:1001")
    third.monitor("tel:1001")
    assert site.alarms == []
    second.monitor("tel:1002")
    assert site.alarms == ["CTIManager ctim1 has more than 2 devices open"]


def test_lines_and_monitors_of_one_device_count_once() -> None:
    site = Site(Limits(devices_per_provider=1))
    talker = Talker(site, site.cti())
    refs = [talker.monitor(number).monitor_cross_ref_id for number in ("tel:1300", "tel:1301", "tel:1300")]
    assert talker.cti.devices.open == 1
    for ref in refs:
        assert talker.cti.devices.open == 1
        talker.ask(MonitorStop(monitor_cross_ref_id=ref))
    assert talker.cti.devices.open == 0
    assert site.alarms == []


def test_an_application_that_goes_closes_its_devices() -> None:
    site = Site()
    cti = site.cti()
    talker = Talker(site, cti)
    talker.monitor(DeviceId("tel:1001"))
    talker.monitor(DeviceId("tel:1002"))
    talker.provider.end()
    talker.provider.end()
    assert (cti.devices.open, cti.sessions, len(site.monitors)) == (0, 0, 0)
