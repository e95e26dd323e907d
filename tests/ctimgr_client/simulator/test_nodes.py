import pytest

from ctimgr_client.serving.refused import DeviceOutOfService, ResourceOutOfService
from ctimgr_client.simulator import nodes
from tests.ctimgr_client.simulator.scene import Scene

# 1001 is at home on cucm1, 1002 on cucm2, 1003 on cucm1 ...


def test_an_unregistered_phone_loses_its_calls_and_stays_away() -> None:
    scene = Scene()
    scene.talk("1001", "1002")
    nodes.unregister(scene.cluster, scene.device("1001"))
    assert scene.happened() == [
        "connectionCleared 1001 destOutOfOrder | 1001=null 1002=connected",
        "connectionCleared 1002 destOutOfOrder | 1001=null 1002=null",
        "outOfService 1001",
    ]
    nodes.restore(scene.cluster, scene.node("cucm1"), scene.now)
    scene.wait(10.0)
    assert scene.happened() == []
    nodes.register(scene.cluster, scene.device("1001"))
    assert scene.happened() == ["backInService 1001"]


def test_registering_twice_and_unregistering_twice_says_nothing_twice() -> None:
    scene = Scene()
    nodes.register(scene.cluster, scene.device("1001"))
    assert scene.happened() == []
    nodes.unregister(scene.cluster, scene.device("1001"))
    scene.happened()
    nodes.unregister(scene.cluster, scene.device("1001"))
    assert scene.happened() == []


def test_a_device_with_two_lines_reports_both() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1300"))
    assert scene.happened() == ["outOfService 1300", "outOfService 1301@1300"]


def test_phones_of_a_failed_node_go_at_once_and_rehome_after_the_delay() -> None:
    scene = Scene()
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    gone = scene.happened()
    assert "outOfService 1001" in gone
    assert "outOfService 1002" not in gone
    with pytest.raises(DeviceOutOfService):
        scene.dial("1001", "1002")
    scene.wait(0.4)
    assert scene.happened() == []
    scene.wait(0.2)
    assert scene.happened() == [fact.replace("outOfService", "backInService") for fact in gone]
    assert scene.device("1001").node is scene.node("cucm2")
    scene.dial("1001", "1002")


def test_calls_in_set_up_are_dropped_and_established_ones_kept() -> None:
    scene = Scene()
    kept = scene.talk("1001", "1002")
    scene.dial("1003", "1004")
    scene.dial("1005", "1903")
    scene.dial("1004", "1007")
    scene.happened()
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    assert [fact for fact in scene.happened() if "Service" not in fact] == [
        "connectionCleared 1003 destOutOfOrder | 1003=null 1004=alerting",
        "connectionCleared 1004 callCancelled | 1003=null 1004=null",
        "connectionCleared 1005 destOutOfOrder | 1005=null",
        "connectionCleared 1007 destOutOfOrder | 1004=connected 1007=null",
        "connectionCleared 1004 destOutOfOrder | 1004=null 1007=null",
    ]
    assert scene.states("1001", "1002") == [["connected"], ["connected"]]
    with pytest.raises(DeviceOutOfService):
        scene.hold("1001", kept)
    scene.hold("1002", kept)
    scene.wait(1.0)
    scene.hold("1001", kept)
    scene.hangup("1001", kept)


def test_without_any_node_phones_wait_until_one_returns() -> None:
    scene = Scene()
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    nodes.fail(scene.cluster, scene.node("cucm2"), scene.now)
    scene.wait(60.0)
    assert not any(device.in_service for device in scene.cluster.fleet.devices.values())
    scene.happened()
    nodes.restore(scene.cluster, scene.node("cucm2"), scene.now)
    assert scene.happened() == []
    scene.wait(1.0)
    assert len(scene.happened()) == 26
    assert {device.node for device in scene.cluster.fleet.devices.values()} == {scene.node("cucm2")}


def test_nothing_falls_back_by_itself() -> None:
    scene = Scene()
    nodes.fail(scene.cluster, scene.node("cucm1"), scene.now)
    scene.wait(1.0)
    nodes.restore(scene.cluster, scene.node("cucm1"), scene.now)
    scene.wait(60.0)
    assert scene.device("1001").node is scene.node("cucm2")


def test_a_moved_phone_is_away_for_the_delay() -> None:
    scene = Scene()
    nodes.move(scene.cluster, scene.device("1001"), scene.node("cucm2"), scene.now)
    assert scene.happened() == ["outOfService 1001"]
    scene.wait(1.0)
    assert scene.happened() == ["backInService 1001"]
    assert scene.device("1001").node is scene.node("cucm2")
    nodes.move(scene.cluster, scene.device("1001"), scene.node("cucm2"), scene.now)
    assert scene.happened() == []


def test_a_phone_cannot_be_moved_to_a_node_that_is_down() -> None:
    scene = Scene()
    nodes.fail(scene.cluster, scene.node("cucm2"), scene.now)
    scene.happened()
    with pytest.raises(ResourceOutOfService):
        nodes.move(scene.cluster, scene.device("1001"), scene.node("cucm2"), scene.now)
    assert scene.happened() == []
    assert scene.device("1001").in_service


def test_a_phone_unregistered_while_it_rehomes_stays_away() -> None:
    scene = Scene()
    nodes.move(scene.cluster, scene.device("1001"), scene.node("cucm2"), scene.now)
    nodes.unregister(scene.cluster, scene.device("1001"))
    scene.wait(1.0)
    assert scene.happened() == ["outOfService 1001"]


def test_a_phone_registered_with_no_node_up_waits() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1001"))
    for name in ("cucm1", "cucm2"):
        nodes.fail(scene.cluster, scene.node(name), scene.now)
    scene.wait(1.0)
    scene.happened()
    nodes.register(scene.cluster, scene.device("1001"))
    assert scene.happened() == []
    nodes.restore(scene.cluster, scene.node("cucm1"), scene.now)
    scene.wait(1.0)
    assert "backInService 1001" in scene.happened()
