"""Lines that go to other phones: where they are found, and what becomes of calls."""

from collections.abc import Callable

import pytest

from ctimgr_client.serving.refused import (
    DeviceOutOfService,
    InvalidConnectionState,
    InvalidDestination,
    InvalidDeviceId,
    ResourceLimitExceeded,
)
from ctimgr_client.simulator import nodes, phone_features
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.mobility import MAX_LINES
from tests.ctimgr_client.simulator.scene import HARD, SOFT, Scene

HOME, AWAY, TWO_LINES = "SEP000000001001", "SEP000000001004", "SEP000000001300"
OLD, NEW = f"tel:1001;device={HOME}", f"tel:1001;device={AWAY}"


def found(scene: Scene, identifier: str) -> list[str]:
    return [appearance.device_id for appearance in scene.cluster.fleet.appearances(identifier)]


def lines(scene: Scene, device: str) -> list[str]:
    return [each.line.number for each in scene.cluster.fleet.devices[device].appearances]


# -- where a line is --


def test_the_line_is_at_the_new_device_and_nowhere_else() -> None:
    scene = Scene()
    moved = scene.log_in("1001", AWAY)
    assert moved.device_id == NEW
    assert found(scene, OLD) == found(scene, f"1001;device={HOME}") == []
    assert found(scene, NEW) == found(scene, "1001") == [NEW]
    assert (lines(scene, HOME), lines(scene, AWAY)) == ([], ["tel:1004", "tel:1001"])
    with pytest.raises(InvalidDeviceId):
        scene.at(OLD)
    assert scene.everything() == ["removed 1001"]


def test_it_comes_back() -> None:
    scene = Scene()
    scene.log_in("1001", AWAY)
    scene.log_in("1001", HOME)
    assert found(scene, "1001") == found(scene, OLD) == [OLD]
    assert found(scene, NEW) == []
    assert (lines(scene, HOME), lines(scene, AWAY)) == (["tel:1001"], ["tel:1004"])
    scene.talk("1002", "1001")


def test_one_appearance_of_a_shared_line_moves_and_keeps_its_place() -> None:
    scene = Scene()
    away = f"tel:1100;device={AWAY}"
    scene.log_in(HARD, AWAY)
    assert found(scene, "1100") == [away, SOFT]
    call = scene.dial("1001", "1100")
    assert (
        scene.happened()[-1]
        == "delivered 1100 newCall | 1001=connected 1100@1004=alerting 1100@110C=alerting"
    )
    scene.answer(SOFT, call)
    scene.hangup(SOFT, call)
    scene.log_in(SOFT, "SEP000000001100")
    assert found(scene, "1100") == [away, HARD]


def test_one_of_two_lines_moves_and_the_other_stays() -> None:
    scene = Scene()
    scene.log_in("1300", AWAY)
    assert (lines(scene, TWO_LINES), lines(scene, AWAY)) == (["tel:1301"], ["tel:1004", "tel:1300"])
    call = scene.talk("1300", "1301")
    assert scene.states("1300", "1301") == [["connected"], ["connected"]]
    scene.hangup("1300", call)
    scene.log_in("1300", TWO_LINES)
    assert lines(scene, TWO_LINES) == ["tel:1301", "tel:1300"]


def test_both_partitions_of_a_number_can_be_on_one_device() -> None:
    scene = Scene()
    scene.log_in("tel:1200;partition=staff", "SEP00000000120B")
    both = [f"tel:1200;device=SEP00000000120B;partition={name}" for name in ("staff", "lab")]
    assert found(scene, "1200") == found(scene, "1200;device=SEP00000000120B") == both
    assert found(scene, "1200;partition=staff") == both[:1]
    assert lines(scene, "SEP000000001200") == []


# -- what is refused --


def test_a_device_that_has_the_line_does_not_get_it_again() -> None:
    scene = Scene()
    for appearance, device in ((HARD, "SEP00000000110C"), (SOFT, "SEP00000000110C"), ("1001", HOME)):
        with pytest.raises(InvalidDestination, match=f"{device} has the line"):
            scene.log_in(appearance, device)
    assert found(scene, "1100") == [HARD, SOFT]
    assert scene.everything() == []


def test_the_lines_of_a_device_are_bounded() -> None:
    scene = Scene(Cluster(phones=MAX_LINES))
    for number in range(2_000_000, 2_000_000 + MAX_LINES - 1):
        scene.log_in(str(number), AWAY)
    with pytest.raises(ResourceLimitExceeded):
        scene.log_in("1001", AWAY)
    assert len(lines(scene, AWAY)) == MAX_LINES
    assert found(scene, "1001") == [OLD]


def _ringing(scene: Scene) -> None:
    scene.dial("1002", "1001")


def _prompted(scene: Scene) -> None:
    scene.prompt("1001", "1002")


def _talking(scene: Scene) -> None:
    scene.talk("1001", "1002")


def _held(scene: Scene) -> None:
    scene.hold("1001", scene.talk("1001", "1002"))


def _hearing_a_tone(scene: Scene) -> None:
    scene.dial("1001", "1903")


@pytest.mark.parametrize("begin", [_ringing, _prompted, _talking, _held, _hearing_a_tone])
def test_a_line_with_a_call_stays(begin: Callable[[Scene], None]) -> None:
    scene = Scene()
    begin(scene)
    scene.everything()
    with pytest.raises(InvalidConnectionState, match="1001 has a call"):
        scene.log_in("1001", AWAY)
    assert found(scene, "1001") == [OLD]
    assert scene.everything() == []
    for leg in scene.cluster.legs_at(scene.at("1001")):
        scene.hangup("1001", leg)
    scene.log_in("1001", AWAY)


def test_a_bridged_appearance_stays_until_the_call_is_over() -> None:
    scene = Scene()
    call = scene.talk("1001", "1100")
    with pytest.raises(InvalidConnectionState):
        scene.log_in(SOFT, AWAY)
    scene.hangup("1001", call)
    scene.log_in(SOFT, AWAY)


def test_a_call_of_the_other_line_or_at_the_other_device_does_not_matter() -> None:
    scene = Scene()
    scene.talk("1301", "1004")
    scene.log_in("1300", AWAY)
    assert scene.states("1301", "1004", "1300") == [["connected"], ["connected"], []]


# -- calls after it --


def test_calls_ring_at_the_new_device() -> None:
    scene = Scene()
    scene.log_in("1001", AWAY)
    call = scene.dial("1002", "1001")
    scene.answer(NEW, call)
    assert scene.happened()[-2:] == [
        "delivered 1001 newCall | 1002=connected 1001@1004=alerting",
        "established 1001@1004 normal | 1002=connected 1001@1004=connected",
    ]
    assert scene.cluster.active(scene.device("1004")) is scene.leg(NEW, call)


def test_the_lines_of_one_device_share_what_is_the_devices() -> None:
    scene = Scene()
    scene.log_in("1001", AWAY)
    call = scene.talk(NEW, "1002")
    scene.dial("1004", "1904")
    assert scene.leg(NEW, call).state == "hold"
    scene.quiet("1004")
    assert scene.everything()[-2:] == ["doNotDisturb 1004 on", "doNotDisturb 1001@1004 on"]


def test_do_not_disturb_is_the_devices_that_the_line_is_on() -> None:
    scene = Scene()
    scene.quiet("1001")
    scene.log_in("1001", AWAY)
    scene.dial("1002", "1001")
    assert scene.states("1001") == [["alerting"]]
    scene.hangup("1002", scene.cluster.legs_at(scene.at("1002"))[0])
    scene.log_in("1001", HOME)
    scene.happened()
    scene.dial("1002", "1001")
    assert scene.happened()[-1] == "failed 1001 doNotDisturb | 1002=connected"


def test_forwarding_message_waiting_and_pickup_group_go_along() -> None:
    scene = Scene()
    line = scene.at("1001").line
    phone_features.message_waiting(scene.cluster, line, on=True)
    scene.forward("1001", "1901")
    scene.log_in("1001", AWAY)
    assert scene.at(NEW).line is line
    assert (line.message_waiting, line.pickup_group) == (True, "7500")
    scene.dial("1002", "1001")
    assert scene.happened()[-3:] == [
        "diverted 1001 -> 1901 callForwardImmediate | 1001@1004=null",
        "delivered 1901 callForwardImmediate | 1002=connected",
        "established 1901 normal | 1002=connected",
    ]
    assert scene.at("1004").line.forward is None


def test_a_line_on_an_unregistered_phone_is_out_of_service() -> None:
    scene = Scene()
    nodes.unregister(scene.cluster, scene.device("1004"))
    scene.log_in("1001", AWAY)
    scene.happened()
    with pytest.raises(DeviceOutOfService):
        scene.dial("1001", "1002")
    scene.dial("1002", "1001")
    assert scene.happened()[-1] == "failed 1001 destOutOfOrder | 1002=connected"
    nodes.register(scene.cluster, scene.device("1004"))
    assert scene.happened() == ["backInService 1004", "backInService 1001@1004"]
    scene.dial("1001", "1003")


def test_a_phone_without_lines_goes_out_of_service_and_back_in_silence() -> None:
    scene = Scene()
    empty = scene.device("1001")
    scene.log_in("1001", AWAY)
    scene.everything()
    nodes.unregister(scene.cluster, empty)
    nodes.register(scene.cluster, empty)
    nodes.move(scene.cluster, empty, scene.node("cucm2"), scene.now)
    scene.wait(1.0)
    assert scene.everything() == []
    assert empty.node is scene.node("cucm2")
    scene.log_in("1001", HOME)
    scene.talk("1001", "1002")


def test_a_call_that_goes_on_without_the_line_ends_without_the_old_appearance() -> None:
    scene = Scene()
    call = scene.talk("1001", "1002")
    scene.invite("1001", call, "1901")
    scene.hangup("1001", call)
    scene.log_in("1001", AWAY)
    scene.everything()
    scene.hangup("1002", call)
    assert scene.everything()[-1].endswith("normalClearing | 1002")
